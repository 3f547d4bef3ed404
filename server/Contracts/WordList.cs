namespace CodexSidecar.Contracts;

/// <summary>Tables of words that are written as one text, where a literal for each word would be a page.</summary>
public static class WordList
{
    /// <param name="text">Words between blanks and line ends.</param>
    public static IReadOnlyList<string> Of(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

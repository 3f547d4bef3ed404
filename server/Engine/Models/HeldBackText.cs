namespace CodexSidecar.Engine.Models;

/// <summary>A word may come in two pieces: what could be its beginning is held back.</summary>
internal static class HeldBackText
{
    /// <returns>How many characters at the end of the text may be the beginning of one of the words.</returns>
    public static int Length(string text, IReadOnlyList<string> words)
    {
        var longest = Math.Min(text.Length, words.Max(word => word.Length) - 1);
        for (var length = longest; length > 0; length--)
        {
            var end = text.AsSpan(text.Length - length);
            foreach (var word in words)
            {
                if (word.AsSpan().StartsWith(end, StringComparison.Ordinal) && word.Length > length)
                {
                    return length;
                }
            }
        }
        return 0;
    }
}

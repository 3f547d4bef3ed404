namespace CodexSidecar.Engine.Processes;

/// <summary>
/// One command as one line of text, to be started without a shell: what a shell would expand, join or redirect is refused.
/// </summary>
internal static class CommandLine
{
    private const string MeansSomethingBare = "|&;<>()$`\\\"'*?[]#~=%!{}\n\r\t ";

    /// <returns>
    /// False when it is not one command of <see cref="ShellWords"/>, or has no program, or control characters in its words.
    /// </returns>
    public static bool TrySplit(string text, out IReadOnlyList<string> argv)
    {
        var words = ShellWords.Read(text);
        argv = words.Commands is [var first, ..] ? first : [];
        return words is { Refusal: null, IsJoined: false, Commands.Count: 1 }
            && argv[0].Length > 0
            && !argv.Any(word => word.Any(letter => char.IsControl(letter) && letter != '\t'));
    }

    /// <summary>The line that <see cref="TrySplit"/>, and a POSIX shell, would split into these words.</summary>
    public static string Join(IReadOnlyList<string> argv) => string.Join(' ', argv.Select(Quote));

    private static string Quote(string word) =>
        word.Length > 0 && word.AsSpan().IndexOfAny(MeansSomethingBare) < 0 ? word
        : word.Contains('\'') && IsPlain(word, '"') ? $"\"{word}\""
        : $"'{word.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";

    /// <summary>Inside single quotes everything but a line break is plain; inside double quotes a shell still looks for four
    /// signs.</summary>
    private static bool IsPlain(ReadOnlySpan<char> quoted, char quote) =>
        quoted.IndexOfAny("\n\r\0") < 0 && (quote == '\'' || quoted.IndexOfAny("$`\\!\"") < 0);
}

using System.Text;

namespace CodexSidecar.Engine.Processes;

/// <summary>A command as one line of text. Plain words and quotes only: what a shell would expand, join or redirect is not understood, so refused.</summary>
internal static class CommandLine
{
    private const string MeansSomethingBare = "|&;<>()$`\\\"'*?[]#~=%!{}\n\r\t ";

    /// <returns>False when the text is empty, a quote stays open, or any sign in it would mean something to a shell.</returns>
    public static bool TrySplit(string text, out IReadOnlyList<string> argv)
    {
        var words = new List<string>();
        argv = words;
        StringBuilder? word = null;
        for (var i = 0; i < text.Length; i++)
        {
            var sign = text[i];
            if (sign is ' ' or '\t')
            {
                End();
            }
            else if (sign is '\'' or '"')
            {
                var close = text.IndexOf(sign, i + 1);
                if (close < 0 || !IsPlain(text.AsSpan(i + 1, close - i - 1), sign))
                {
                    return false;
                }
                (word ??= new()).Append(text, i + 1, close - i - 1);
                i = close;
            }
            else if (!IsPlainBare(sign, isFirstWord: words.Count == 0, atStart: word is null))
            {
                return false;
            }
            else
            {
                (word ??= new()).Append(sign);
            }
        }
        End();
        return words.Count > 0 && words[0].Length > 0;

        void End()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }

    /// <summary>The line that <see cref="TrySplit"/>, and a POSIX shell, would split into these words.</summary>
    public static string Join(IReadOnlyList<string> argv) => string.Join(' ', argv.Select(Quote));

    private static string Quote(string word) =>
        word.Length > 0 && word.AsSpan().IndexOfAny(MeansSomethingBare) < 0 ? word
        : word.Contains('\'') && IsPlain(word, '"') ? $"\"{word}\""
        : $"'{word.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";

    /// <summary>Inside single quotes everything but a line break is plain; inside double quotes a shell still looks for four signs.</summary>
    private static bool IsPlain(ReadOnlySpan<char> quoted, char quote) => quoted.IndexOfAny("\n\r\0") < 0 && (quote == '\'' || quoted.IndexOfAny("$`\\!\"") < 0);

    private static bool IsPlainBare(char sign, bool isFirstWord, bool atStart) => sign switch
    {
        '=' => !isFirstWord, // NAME=value before a command sets a variable
        '#' or '~' => !atStart,
        '%' => true,
        _ => !MeansSomethingBare.Contains(sign) && !char.IsControl(sign),
    };
}

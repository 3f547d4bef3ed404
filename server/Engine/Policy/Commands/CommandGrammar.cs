using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>
/// The only command strings about which something can be proved: plain words and quotes without expansion, joined by
/// <c>&amp;&amp; || ; |</c>. Everything else a shell knows (redirects, variables, substitution, globs, background, assignments)
/// is refused here, so that nothing is judged by what it merely looks like.
/// </summary>
internal static class CommandGrammar
{
    /// <param name="refusal">Why nothing can be proved about the text.</param>
    public static bool TryParse(string text, out IReadOnlyList<IReadOnlyList<string>> segments, out string refusal)
    {
        var reader = new Reader(text);
        segments = reader.Read();
        refusal = reader.Refusal ?? (segments.Count == 0 ? "there is no command in it" : segments.Any(segment => segment.Count == 0) ? "a command is missing before or after a connector" : "");
        return refusal.Length == 0;
    }

    /// <summary>Null, or what is hidden in a word: control characters, direction marks, letters that only look like ASCII in a program's name.</summary>
    public static string? Disguise(IReadOnlyList<string> argv)
    {
        if (argv.Count > 0 && argv[0].Any(letter => letter > '~'))
        {
            return "the program's name has letters outside ASCII";
        }
        return argv.SelectMany(word => word.EnumerateRunes()).Any(IsInvisible) ? "it holds invisible characters" : null;
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        || (rune.Value > 127 && Rune.IsWhiteSpace(rune));

    private sealed class Reader(string text)
    {
        private readonly List<IReadOnlyList<string>> segments = [];
        private List<string> words = [];
        private readonly StringBuilder word = new();
        private bool inWord;
        private bool closed;
        private int at;

        public string? Refusal { get; private set; }

        public IReadOnlyList<IReadOnlyList<string>> Read()
        {
            for (; at < text.Length && Refusal is null; at++)
            {
                Refusal = Step(text[at]);
            }
            EndWord();
            // A closing semicolon has nothing after it, and that is fine.
            if (words.Count > 0 || (segments.Count > 0 && !closed))
            {
                EndSegment();
            }
            return segments;
        }

        private string? Step(char letter)
        {
            switch (letter)
            {
                case ' ' or '\t':
                    EndWord();
                    return null;
                case '\'' or '"':
                    return Quoted(letter);
                case '|' or '&' or ';':
                    return Connector(letter);
                case '\\':
                    return "a backslash changes what the next letter means";
                case '\n' or '\r':
                    return "it has more than one line";
                case '$' or '`':
                    return "the shell would replace a part of it";
                case '>' or '<':
                    return "it redirects input or output";
                case '(' or ')' or '{' or '}' or '!' or '#':
                    return $"\"{letter}\" has a meaning for the shell";
                case '*' or '?' or '[' or ']':
                case '~' when !inWord || word[^1] is '=' or ':':
                    return "the shell would expand a pattern in it";
                case '=' when words.Count == 0:
                    return "it sets a variable for the command";
                default:
                    return Add(letter);
            }
        }

        private string? Quoted(char quote)
        {
            var end = text.IndexOf(quote, at + 1);
            if (end < 0)
            {
                return "a quote is not closed";
            }
            var inside = text[(at + 1)..end];
            if (quote == '"' && inside.AsSpan().IndexOfAny("$`\\!") >= 0)
            {
                return "the shell would replace a part of the quoted text";
            }
            if (inside.Contains('\n') || inside.Contains('\r'))
            {
                return "it has more than one line";
            }
            word.Append(inside);
            inWord = true;
            at = end;
            return null;
        }

        private string? Connector(char letter)
        {
            var doubled = at + 1 < text.Length && text[at + 1] == letter;
            if (letter == '&' && !doubled)
            {
                return "it would go on in the background";
            }
            if (letter == ';' && doubled)
            {
                return "\";;\" has a meaning for the shell";
            }
            at += doubled ? 1 : 0;
            closed = letter == ';';
            EndWord();
            EndSegment();
            return null;
        }

        private string? Add(char letter)
        {
            word.Append(letter);
            inWord = true;
            return null;
        }

        private void EndWord()
        {
            if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }

        private void EndSegment()
        {
            segments.Add(words);
            words = [];
        }
    }
}

using System.Text;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// The one grammar of command text: plain words and quotes without expansion, joined by <c>&amp;&amp; || ; |</c>. About these alone it
/// can be proved what a shell would see. Everything else it knows (redirects, variables, substitution, globs, background, assignments,
/// more than one line) is refused, so that nothing is judged by what it merely looks like. Two views of it: <see cref="CommandLine"/>,
/// one command that is started without a shell, and the policy's, where each command is judged.
/// </summary>
internal sealed class ShellWords
{
    private readonly string text;
    private readonly List<IReadOnlyList<string>> segments = [];
    private List<string> words = [];
    private readonly StringBuilder word = new();
    private bool inWord;
    private bool closed;
    private int at;

    private ShellWords(string text) => this.text = text;

    /// <summary>The words of each command, in order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Commands => segments;

    /// <summary>One of <c>&amp;&amp; || ; |</c> is in it.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>Why nothing can be proved about the text; null: the commands are what a shell would see.</summary>
    public string? Refusal { get; private set; }

    public static ShellWords Read(string text)
    {
        var words = new ShellWords(text);
        words.ReadAll();
        return words;
    }

    private void ReadAll()
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
        Refusal ??=
            segments.Count == 0 ? "there is no command in it"
            : segments.Any(segment => segment.Count == 0) ? "a command is missing before or after a connector"
            : null;
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
            case '(' or ')' or '{' or '}' or '!':
            case '#' when !inWord: // inside a word it is a letter
                return $"\"{letter}\" has a meaning for the shell";
            case '*' or '?' or '[' or ']':
            case '~' when !inWord || (word.Length > 0 && word[^1] is '=' or ':'):
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
        IsJoined = true;
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

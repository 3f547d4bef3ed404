using System.Text;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>The lines of one hunk, becoming SEARCH (context and removed lines) and REPLACE (context and added ones).</summary>
internal sealed class HunkBody
{
    private readonly List<string> search = [],
        replace = [];
    private readonly List<(int Search, int Replace)> context = [];
    private int bareBlanks;
    private bool searchAtFileEnd,
        replaceAtFileEnd;
    private char last;

    /// <summary>Only context so far.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>True after an empty line: what follows it without a sign is prose rather than context.</summary>
    public bool AfterBlank => bareBlanks > 0;

    public IReadOnlyList<string> AddedLines => replace;

    public int OldLines => search.Count;

    public int NewLines => replace.Count;

    /// <summary>What <c>\ No newline at end of file</c> says about the new text; null: nothing.</summary>
    public bool? FinalNewline =>
        replaceAtFileEnd ? false
        : searchAtFileEnd ? true
        : null;

    public void Add(string line)
    {
        last = line is ['+' or '-' or ' ', ..] ? line[0] : ' ';
        IsIdle &= last == ' ';
        bareBlanks = line.Length == 0 ? bareBlanks + 1 : 0;
        // A context line may have lost its blank, as empty lines mostly have.
        var text = line is ['+' or '-' or ' ', ..] ? line[1..] : line;
        if (last == ' ' && line is [' ', _, ..])
        {
            context.Add((search.Count, replace.Count));
        }
        if (last != '+')
        {
            search.Add(text);
        }
        if (last != '-')
        {
            replace.Add(text);
        }
    }

    public void NoNewline()
    {
        searchAtFileEnd |= last is '-' or ' ';
        replaceAtFileEnd |= last is '+' or ' ';
    }

    /// <summary>Null: nothing in it.</summary>
    public PatchBlock? ToBlock(int number, string path, ReplaceHints hints)
    {
        // Empty lines at the end belong to the reply, not to the hunk.
        search.RemoveRange(search.Count - bareBlanks, bareBlanks);
        replace.RemoveRange(replace.Count - bareBlanks, bareBlanks);
        bareBlanks = 0;
        hints = hints with { FinalNewline = FinalNewline ?? hints.FinalNewline, Context = context };
        return search.Count > 0 ? new ReplaceBlock(number, path, Join(search), Join(replace), hints)
            : replace.Count > 0 ? new InsertBlock(number, path, Join(replace), hints)
            : null;
    }

    public static string Join(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}

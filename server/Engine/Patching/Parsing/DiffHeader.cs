namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>What stands above the hunks of one file of a diff: its names, and what becomes of it as a whole.</summary>
internal sealed class DiffHeader
{
    private string[] lines = [];
    private int at;
    private int stop;
    private string? old,
        now;

    public bool IsNamed { get; private set; }

    public bool Creates { get; private set; }

    public bool Deletes { get; private set; }

    public string? RenamedFrom { get; private set; }

    public string? RenamedTo { get; private set; }

    /// <summary>Only who may use the file changes, which is passed over.</summary>
    public bool IsModeOnly { get; private set; }

    /// <summary>Why the file cannot be changed by a patch; null: it can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The file to change; null: the header names none.</summary>
    public string? Path => IsNamed ? RenamedFrom ?? (Deletes ? old ?? now : now ?? old) : null;

    /// <param name="end">The first line that is none of the header.</param>
    public static DiffHeader Read(string[] lines, int at, int stop, out int end)
    {
        var header = new DiffHeader
        {
            lines = lines,
            at = at,
            stop = stop,
        };
        header.ReadLines();
        header.TakePrefixes();
        end = header.at;
        return header;
    }

    /// <summary>git's <c>a/</c> and <c>b/</c> stand on both names, or on the one that is not <c>/dev/null</c>; on one side only, or the
    /// same on both, they are folders.</summary>
    private void TakePrefixes()
    {
        var (first, second) = (IsPrefixed(old), IsPrefixed(now));
        if (
            (first && second && old![0] != now![0])
            || (Creates && second && (old is null || first))
            || (Deletes && first && (now is null || second))
        )
        {
            (old, now) = (old?[2..], now?[2..]);
        }
    }

    private static bool IsPrefixed(string? name) => name is ['a' or 'b', '/', _, ..];

    private void ReadLines()
    {
        for (; at < stop; at++)
        {
            var line = lines[at];
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                if (IsNamed)
                {
                    return;
                }
                IsNamed = true;
                if (DiffName.ReadPair(line[11..]) is { } pair)
                {
                    (old, now) = pair;
                }
            }
            else if (UnifiedDiff.IsNames(lines, at))
            {
                IsNamed = true;
                var (first, second) = (DiffName.Read(line[4..]), DiffName.Read(lines[at + 1][4..]));
                (Creates, Deletes) = (Creates || first is null, Deletes || second is null);
                (old, now) = (first ?? old, second ?? now);
                at += 2;
                return;
            }
            else if (UnifiedDiff.IsOneName(lines, at))
            {
                IsNamed = true;
                old = now = DiffName.Read(line[4..]);
                at++;
                return;
            }
            else if (!ReadExtended(line))
            {
                return;
            }
        }
    }

    /// <returns>False: the line is none of git's header.</returns>
    private bool ReadExtended(string line)
    {
        if (Rest(line, "rename from ") is { } from)
        {
            RenamedFrom = DiffName.Alone(from);
        }
        else if (Rest(line, "rename to ") is { } to)
        {
            RenamedTo = DiffName.Alone(to);
        }
        else if (Rest(line, "new file mode ") is { } created)
        {
            (Creates, Refusal) = (true, KindOf(created));
        }
        else if (Rest(line, "deleted file mode ") is { } deleted)
        {
            (Deletes, Refusal) = (true, KindOf(deleted));
        }
        else if (Rest(line, "new mode ") is { } mode)
        {
            (Refusal, IsModeOnly) = (KindOf(mode), true);
        }
        else if (
            line.StartsWith("GIT binary patch", StringComparison.Ordinal)
            || (line.StartsWith("Binary files ", StringComparison.Ordinal) && line.EndsWith("differ", StringComparison.Ordinal))
        )
        {
            Refusal = "Binary files are not changed by a patch.";
        }
        else if (line.StartsWith("copy from ", StringComparison.Ordinal) || line.StartsWith("copy to ", StringComparison.Ordinal))
        {
            Refusal = "A copy is not known here; send the new file as a whole.";
        }
        else
        {
            return line.StartsWith("index ", StringComparison.Ordinal)
                || line.StartsWith("old mode ", StringComparison.Ordinal)
                || line.StartsWith("similarity index ", StringComparison.Ordinal)
                || line.StartsWith("dissimilarity index ", StringComparison.Ordinal);
        }
        return true;
    }

    private static string? Rest(string line, string start) =>
        line.StartsWith(start, StringComparison.Ordinal) ? line[start.Length..] : null;

    private static string? KindOf(string mode) =>
        mode.Trim() is "120000" or "160000" ? "Links and submodules are not changed by a patch." : null;
}

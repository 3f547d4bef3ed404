namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Reads one file of a unified diff.</summary>
internal sealed class DiffReader
{
    private readonly ReplyScan scan;
    private readonly string[] lines;
    private readonly int stop;
    private int at;
    private DiffHeader header = new();
    private int nextAdded = -1,
        nextSigned = -1;
    private bool? isPromised;

    public DiffReader(ReplyScan scan)
    {
        (this.scan, lines, at) = (scan, scan.Lines, scan.At);
        stop = scan.Limit > at ? scan.Limit : lines.Length;
    }

    public void ReadFile()
    {
        header = DiffHeader.Read(lines, at, stop, out at);
        var path = header.Path ?? scan.PathForEdit;
        if (header.IsModeOnly)
        {
            scan.Notes.Add($"{path}: the change of its mode is ignored.");
        }
        if (header.Refusal is { } refusal)
        {
            while (at < stop && !IsNextFile())
            {
                at++;
            }
            scan.Refuse("kind", path, refusal);
        }
        else if (header.Creates || header.Deletes)
        {
            ReadWhole(path);
        }
        else
        {
            ReadHunks(path);
        }
        scan.At = Math.Max(at, scan.At + 1);
    }

    private void ReadWhole(string path)
    {
        var text = new List<string>();
        bool? newline = true;
        while (at < stop && !IsNextFile() && HunkHeader.Is(lines[at]))
        {
            var (body, promised, closed) = ReadHunk();
            // Nothing stands behind a file that is shorter than it says: its end is missing.
            if (!closed || (header.Creates && at >= lines.Length && body.NewLines < promised.NewLines))
            {
                scan.RefuseCut(path);
                return;
            }
            text.AddRange(body.AddedLines);
            newline = body.FinalNewline ?? newline;
        }
        if (at >= lines.Length && !scan.Complete && text.Count == 0)
        {
            scan.RefuseCut(path);
        }
        else
        {
            scan.Add(
                header.Deletes
                    ? new DeleteBlock(scan.NextNumber, path)
                    : new WriteBlock(scan.NextNumber, path, HunkBody.Join(text), IsNew: true, newline)
            );
        }
    }

    private void ReadHunks(string path)
    {
        var hunks = 0;
        while (
            at < stop
            && !scan.Full
            && !IsNextFile()
            && (HunkHeader.Is(lines[at]) || (hunks == 0 && (scan.InDiff || (header.IsNamed && lines[at] is ['+' or '-' or ' ', ..]))))
        )
        {
            var isMarked = HunkHeader.Is(lines[at]);
            var (body, promised, closed) = ReadHunk();
            hunks++;
            // In a fence that says "diff": a remark between two files.
            if (!isMarked && closed && body.IsIdle)
            {
                continue;
            }
            var hints = new ReplaceHints
            {
                Line = promised.Line,
                Below = IsFull(body, promised) && promised.OldLines == 0,
                Scopes = promised.Scope.Length > 0 ? [promised.Scope] : [],
                Ordered = true,
            };
            if (!closed)
            {
                scan.RefuseCut(path);
            }
            else if (body.ToBlock(scan.NextNumber, path, hints) is { } block)
            {
                scan.Add(block);
            }
        }
        var cut = at >= lines.Length && !scan.Complete && hunks == 0;
        if (cut)
        {
            scan.RefuseCut(path);
        }
        else if (header is { RenamedFrom: { } from, RenamedTo: { } to })
        {
            scan.Add(new MoveBlock(scan.NextNumber, from, to));
        }
        else if (hunks == 0 && !header.IsModeOnly)
        {
            scan.Refuse("malformed", path, $"The diff at line {scan.At + 1} of the reply has no hunk.");
        }
    }

    /// <returns>Closed is false when the reply was cut inside.</returns>
    private (HunkBody Body, HunkHeader Header, bool Closed) ReadHunk()
    {
        var promised = HunkHeader.Is(lines[at]) ? HunkHeader.Read(lines[at++]) : new HunkHeader(null, null, null, "");
        var body = new HunkBody();
        isPromised = null;
        for (; at < stop && !EndsHunk(body, promised); at++)
        {
            if (lines[at] is ['\\', ..])
            {
                body.NoNewline();
            }
            else
            {
                body.Add(lines[at]);
            }
        }
        return (body, promised, scan.Complete || at < lines.Length || IsFull(body, promised));
    }

    private bool EndsHunk(HunkBody body, HunkHeader promised)
    {
        var line = lines[at];
        if (HunkHeader.Is(line) || line.StartsWith("diff --git ", StringComparison.Ordinal))
        {
            return true;
        }
        var full = IsFull(body, promised);
        if (
            UnifiedDiff.IsNames(lines, at) && (full || promised.OldLines is null || (at + 2 < lines.Length && HunkHeader.Is(lines[at + 2])))
        )
        {
            return true;
        }
        if (full && UnifiedDiff.IsOneName(lines, at))
        {
            return true;
        }
        if (line is ['\\', ..] or ['+', ..])
        {
            return false;
        }
        if (ApplyPatch.IsHeredocEnd(line) && (full || at == stop - 1))
        {
            return true;
        }
        // The signature of a mailed patch; an empty line behind a hunk that has all it promised.
        if (full && (line is "-- " or "--" || (line.Length == 0 && stop == lines.Length)))
        {
            return true;
        }
        if (line is [] or ['-' or ' ', ..])
        {
            return false;
        }
        // A line without a sign: context that lost its blank, unless nothing is missing or it can only be prose. What is still to come
        // tells.
        return full
            ? body.AfterBlank || IsBetweenFiles(line) || !Follows(ref nextSigned, '+', '-')
            : body.AfterBlank && stop == lines.Length && !Follows(ref nextAdded, '+') && !(isPromised ??= Promised(body, promised));
    }

    /// <summary>Whether the lines up to the next hunk hold exactly what the numbers of this one still promise. Once true it stays true to
    /// the hunk's end.</summary>
    private bool Promised(HunkBody body, HunkHeader promised)
    {
        var (olds, news) = (promised.OldLines - body.OldLines, promised.NewLines - body.NewLines);
        for (var i = at; i < stop && olds >= 0 && news >= 0 && !HunkHeader.Is(lines[i]) && !UnifiedDiff.IsNames(lines, i); i++)
        {
            if (lines[i] is ['\\', ..])
            {
                continue;
            }
            olds -= lines[i] is ['+', ..] ? 0 : 1;
            news -= lines[i] is ['-', ..] ? 0 : 1;
            if (olds == 0 && news == 0)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether another line with one of the signs comes before the next hunk. Asked with rising lines, so that all answers
    /// together are one walk.</summary>
    private bool Follows(ref int next, params ReadOnlySpan<char> signs)
    {
        for (next = Math.Max(next, at); next < stop; next++)
        {
            if (HunkHeader.Is(lines[next]) || lines[next].StartsWith("diff ", StringComparison.Ordinal) || UnifiedDiff.IsNames(lines, next))
            {
                return false;
            }
            if (lines[next] is [var first, ..] && signs.Contains(first))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsBetweenFiles(string line) =>
        line.StartsWith("Index: ", StringComparison.Ordinal)
        || line.StartsWith("diff ", StringComparison.Ordinal)
        || line.StartsWith("Only in ", StringComparison.Ordinal)
        || line.StartsWith("=====", StringComparison.Ordinal);

    private static bool IsFull(HunkBody body, HunkHeader promised) =>
        promised.OldLines is not null && body.OldLines == promised.OldLines && body.NewLines == promised.NewLines;

    private bool IsNextFile() => lines[at].StartsWith("diff --git ", StringComparison.Ordinal) || UnifiedDiff.IsNames(lines, at);
}

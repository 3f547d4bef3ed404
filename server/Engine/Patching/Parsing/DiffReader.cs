namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Reads one file of a unified diff.</summary>
internal sealed class DiffReader
{
    private readonly ReplyScan scan;
    private readonly string[] lines;
    private readonly int stop;
    private int at;
    private string? old,
        now,
        renamedFrom,
        renamedTo;
    private bool creates,
        deletes,
        named,
        modeOnly;
    private string? refusal;
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
        ReadHeader();
        TakePrefixes();
        var path = (named ? renamedFrom ?? (deletes ? old ?? now : now ?? old) : null) ?? scan.PathForEdit;
        if (modeOnly)
        {
            scan.Notes.Add($"{path}: the change of its mode is ignored.");
        }
        if (refusal is not null)
        {
            while (at < stop && !IsNextFile())
            {
                at++;
            }
            scan.Refuse("kind", path, refusal);
        }
        else if (creates || deletes)
        {
            ReadWhole(path);
        }
        else
        {
            ReadHunks(path);
        }
        scan.At = Math.Max(at, scan.At + 1);
    }

    /// <summary>git's <c>a/</c> and <c>b/</c> stand on both names, or on the one that is not <c>/dev/null</c>; on one side only, or the
    /// same on both, they are folders.</summary>
    private void TakePrefixes()
    {
        var (first, second) = (IsPrefixed(old), IsPrefixed(now));
        if (
            (first && second && old![0] != now![0])
            || (creates && second && (old is null || first))
            || (deletes && first && (now is null || second))
        )
        {
            (old, now) = (old?[2..], now?[2..]);
        }
    }

    private static bool IsPrefixed(string? name) => name is ['a' or 'b', '/', _, ..];

    private void ReadHeader()
    {
        for (; at < stop; at++)
        {
            var line = lines[at];
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                if (named)
                {
                    return;
                }
                named = true;
                if (DiffName.ReadPair(line[11..]) is { } pair)
                {
                    (old, now) = pair;
                }
            }
            else if (UnifiedDiff.IsNames(lines, at))
            {
                named = true;
                var (first, second) = (DiffName.Read(line[4..]), DiffName.Read(lines[at + 1][4..]));
                (creates, deletes) = (creates || first is null, deletes || second is null);
                (old, now) = (first ?? old, second ?? now);
                at += 2;
                return;
            }
            else if (UnifiedDiff.IsOneName(lines, at))
            {
                named = true;
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
            renamedFrom = DiffName.Alone(from);
        }
        else if (Rest(line, "rename to ") is { } to)
        {
            renamedTo = DiffName.Alone(to);
        }
        else if (Rest(line, "new file mode ") is { } created)
        {
            (creates, refusal) = (true, KindOf(created));
        }
        else if (Rest(line, "deleted file mode ") is { } deleted)
        {
            (deletes, refusal) = (true, KindOf(deleted));
        }
        else if (Rest(line, "new mode ") is { } mode)
        {
            (refusal, modeOnly) = (KindOf(mode), true);
        }
        else if (
            line.StartsWith("GIT binary patch", StringComparison.Ordinal)
            || (line.StartsWith("Binary files ", StringComparison.Ordinal) && line.EndsWith("differ", StringComparison.Ordinal))
        )
        {
            refusal = "Binary files are not changed by a patch.";
        }
        else if (line.StartsWith("copy from ", StringComparison.Ordinal) || line.StartsWith("copy to ", StringComparison.Ordinal))
        {
            refusal = "A copy is not known here; send the new file as a whole.";
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

    private void ReadWhole(string path)
    {
        var text = new List<string>();
        bool? newline = true;
        while (at < stop && !IsNextFile() && HunkHeader.Is(lines[at]))
        {
            var (body, header, closed) = ReadHunk();
            // Nothing stands behind a file that is shorter than it says: its end is missing.
            if (!closed || (creates && at >= lines.Length && body.NewLines < header.NewLines))
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
                deletes
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
            && (HunkHeader.Is(lines[at]) || (hunks == 0 && (scan.InDiff || (named && lines[at] is ['+' or '-' or ' ', ..]))))
        )
        {
            var isMarked = HunkHeader.Is(lines[at]);
            var (body, header, closed) = ReadHunk();
            hunks++;
            // In a fence that says "diff": a remark between two files.
            if (!isMarked && closed && body.IsIdle)
            {
                continue;
            }
            var hints = new ReplaceHints
            {
                Line = header.Line,
                Below = IsFull(body, header) && header.OldLines == 0,
                Scopes = header.Scope.Length > 0 ? [header.Scope] : [],
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
        else if (renamedFrom is not null && renamedTo is not null)
        {
            scan.Add(new MoveBlock(scan.NextNumber, renamedFrom, renamedTo));
        }
        else if (hunks == 0 && !modeOnly)
        {
            scan.Refuse("malformed", path, $"The diff at line {scan.At + 1} of the reply has no hunk.");
        }
    }

    /// <returns>Closed is false when the reply was cut inside.</returns>
    private (HunkBody Body, HunkHeader Header, bool Closed) ReadHunk()
    {
        var header = HunkHeader.Is(lines[at]) ? HunkHeader.Read(lines[at++]) : new HunkHeader(null, null, null, "");
        var body = new HunkBody();
        isPromised = null;
        for (; at < stop && !EndsHunk(body, header); at++)
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
        return (body, header, scan.Complete || at < lines.Length || IsFull(body, header));
    }

    private bool EndsHunk(HunkBody body, HunkHeader header)
    {
        var line = lines[at];
        if (HunkHeader.Is(line) || line.StartsWith("diff --git ", StringComparison.Ordinal))
        {
            return true;
        }
        var full = IsFull(body, header);
        if (UnifiedDiff.IsNames(lines, at) && (full || header.OldLines is null || (at + 2 < lines.Length && HunkHeader.Is(lines[at + 2]))))
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
            : body.AfterBlank && stop == lines.Length && !Follows(ref nextAdded, '+') && !(isPromised ??= Promised(body, header));
    }

    /// <summary>Whether the lines up to the next hunk hold exactly what the numbers of this one still promise. Once true it stays true to
    /// the hunk's end.</summary>
    private bool Promised(HunkBody body, HunkHeader header)
    {
        var (olds, news) = (header.OldLines - body.OldLines, header.NewLines - body.NewLines);
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

    private static bool IsFull(HunkBody body, HunkHeader header) =>
        header.OldLines is not null && body.OldLines == header.OldLines && body.NewLines == header.NewLines;

    private bool IsNextFile() => lines[at].StartsWith("diff --git ", StringComparison.Ordinal) || UnifiedDiff.IsNames(lines, at);

    private static string? Rest(string line, string start) =>
        line.StartsWith(start, StringComparison.Ordinal) ? line[start.Length..] : null;

    private static string? KindOf(string mode) =>
        mode.Trim() is "120000" or "160000" ? "Links and submodules are not changed by a patch." : null;
}

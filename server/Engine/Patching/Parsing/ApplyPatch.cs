namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>The patch language of Codex (<c>*** Begin Patch</c>), with and without its two ends.</summary>
internal sealed class ApplyPatch : IPatchFormat
{
    private enum Kind
    {
        Begin,
        End,
        EndOfFile,
        Add,
        Update,
        Delete,
        Move,
    }

    private static readonly (string Words, Kind Kind)[] Markers =
    [
        ("Begin Patch", Kind.Begin),
        ("End Patch", Kind.End),
        ("End of File", Kind.EndOfFile),
        ("Add File:", Kind.Add),
        ("Update File:", Kind.Update),
        ("Delete File:", Kind.Delete),
        ("Move to:", Kind.Move),
    ];

    private static readonly string[] HeredocEnds = ["EOF", "PATCH", "END"];

    public static bool IsBegin(string line) => Marker(line) is { Kind: Kind.Begin };

    public static bool IsStart(string line) => Marker(line) is { Kind: Kind.Begin or Kind.Add or Kind.Update or Kind.Delete };

    public static bool IsEnd(string line) => Marker(line) is { Kind: Kind.End };

    /// <summary>The word that ends a shell's here-document.</summary>
    public static bool IsHeredocEnd(string line) => HeredocEnds.Contains(line);

    public string Name => "apply_patch";

    bool IEditFormat.IsStart(string[] lines, int at) => IsStart(lines[at]);

    public bool Opens(string line) => IsBegin(line);

    public bool Closes(string line) => IsEnd(line);

    public bool BeginsPatch(string[] lines, int at) => IsBegin(lines[at]);

    // Without its end a patch may have been cut off.
    public (int Start, int End)? WholePatch(string[] lines) =>
        Array.FindIndex(lines, IsBegin) is >= 0 and var begin && Array.FindLastIndex(lines, IsEnd) is var end && end > begin
            ? (begin, end + 1)
            : null;

    public bool TryRead(ReplyScan scan)
    {
        if (!IsStart(scan.Lines[scan.At]))
        {
            return false;
        }
        var reader = new Reader(scan);
        reader.Run();
        return true;
    }

    private static (Kind Kind, string Argument)? Marker(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("***"))
        {
            return null;
        }
        text = text[3..].TrimStart();
        foreach (var (words, kind) in Markers)
        {
            if (text.StartsWith(words, StringComparison.OrdinalIgnoreCase))
            {
                return (kind, text[words.Length..].Trim().ToString());
            }
        }
        return null;
    }

    private sealed class Reader
    {
        private readonly ReplyScan scan;
        private readonly string[] lines;
        private readonly int stop;
        private int at;
        private bool ended,
            closed;
        private int nextAdded = -1;

        public Reader(ReplyScan scan)
        {
            (this.scan, lines, at) = (scan, scan.Lines, scan.At);
            stop = Stop();
        }

        public void Run()
        {
            while (at < stop && !ended && !scan.Full)
            {
                var marker = Marker(lines[at]);
                at++;
                if (marker is { Kind: Kind.Add } add)
                {
                    ReadAdd(Path(add.Argument));
                }
                else if (marker is { Kind: Kind.Update } update)
                {
                    ReadUpdate(Path(update.Argument));
                }
                else if (marker is { Kind: Kind.Delete } delete)
                {
                    scan.Add(new DeleteBlock(scan.NextNumber, Path(delete.Argument)));
                }
                else if (marker is { Kind: Kind.End })
                {
                    ended = true;
                }
                else if (marker is null && lines[at - 1].Trim().Length > 0)
                {
                    (ended, at) = (true, at - 1);
                }
            }
            scan.At = Math.Max(at, scan.At + 1);
        }

        /// <summary>With both ends the fence around the patch does not matter: its lines may hold fences.</summary>
        private int Stop()
        {
            if (IsBegin(lines[at]))
            {
                for (var i = at + 1; i < lines.Length && !IsBegin(lines[i]); i++)
                {
                    if (IsEnd(lines[i]))
                    {
                        closed = true;
                        return i + 1;
                    }
                }
            }
            return scan.Limit > at ? scan.Limit : lines.Length;
        }

        private bool CutHere => at >= lines.Length && !scan.Complete;

        private void ReadAdd(string path)
        {
            var text = new List<string>();
            var blanks = 0;
            for (; at < stop && Marker(lines[at]) is null && !IsHeredocEnd(lines[at]); at++)
            {
                if (lines[at] is ['+', ..])
                {
                    text.AddRange(Enumerable.Repeat("", blanks));
                    text.Add(lines[at][1..]);
                    blanks = 0;
                }
                else if (lines[at].Trim().Length == 0)
                {
                    blanks++;
                }
                else
                {
                    ended |= blanks > 0;
                    break;
                }
            }
            if (CutHere)
            {
                scan.RefuseCut(path);
            }
            else if (at < stop && !ended && Marker(lines[at]) is null && !IsHeredocEnd(lines[at]))
            {
                Malformed(path, $"Line {at + 1} of the reply is no line of a new file: each begins with +.");
            }
            else
            {
                scan.Add(new WriteBlock(scan.NextNumber, path, HunkBody.Join(text), IsNew: true, FinalNewline: true));
            }
        }

        private void ReadUpdate(string path)
        {
            string? to = null;
            if (at < stop && Marker(lines[at]) is { Kind: Kind.Move } move)
            {
                to = Path(move.Argument);
                at++;
            }
            var hunks = 0;
            while (at < stop && !ended && !scan.Full && Marker(lines[at]) is null or { Kind: Kind.EndOfFile })
            {
                hunks += ReadHunk(path) ? 1 : 0;
            }
            if (to is not null && !CutHere)
            {
                scan.Add(new MoveBlock(scan.NextNumber, path, to, Overwrite: true));
            }
            else if (hunks == 0 && !CutHere)
            {
                Malformed(path, "The update has no hunk.");
            }
            else if (hunks == 0)
            {
                scan.RefuseCut(path);
            }
        }

        private bool ReadHunk(string path)
        {
            var hints = new ReplaceHints
            {
                Ordered = true,
                Strict = scan.Strict,
                FinalNewline = true,
            };
            for (; at < stop && HunkHeader.Is(lines[at]); at++)
            {
                var header = HunkHeader.Read(lines[at]);
                hints = hints with
                {
                    Line = header.Line ?? hints.Line,
                    Scopes = header.Scope.Length > 0 ? [.. hints.Scopes, header.Scope] : hints.Scopes,
                };
            }
            var body = new HunkBody();
            for (; at < stop && Marker(lines[at]) is null && !HunkHeader.Is(lines[at]); at++)
            {
                // Behind an empty line, text without a sign is what the model says about its patch, unless the patch goes on.
                if (
                    IsHeredocEnd(lines[at])
                    || (!closed && body.AfterBlank && lines[at] is not ([] or ['+' or '-' or ' ', ..]) && !AddsMore())
                )
                {
                    ended = true;
                    break;
                }
                body.Add(lines[at]);
            }
            if (at < stop && Marker(lines[at]) is { Kind: Kind.EndOfFile })
            {
                hints = hints with { AtEnd = true };
                at++;
            }
            if (CutHere)
            {
                scan.RefuseCut(path);
                return true;
            }
            if (body.ToBlock(scan.NextNumber, path, hints) is not { } block)
            {
                return false;
            }
            scan.Add(block);
            return true;
        }

        /// <summary>Asked with rising lines, so that all answers together are one walk.</summary>
        private bool AddsMore()
        {
            for (
                nextAdded = Math.Max(nextAdded, at);
                nextAdded < stop && Marker(lines[nextAdded]) is null && !HunkHeader.Is(lines[nextAdded]);
                nextAdded++
            )
            {
                if (lines[nextAdded] is ['+', ..])
                {
                    return true;
                }
            }
            return false;
        }

        private void Malformed(string path, string message)
        {
            scan.Refuse("malformed", path, message);
            // Nothing up to the next file can be trusted.
            while (at < stop && Marker(lines[at]) is null)
            {
                at++;
            }
        }

        private static string Path(string argument) => PathLine.Strip(argument);
    }
}

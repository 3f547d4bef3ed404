namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>A walk through the lines of a reply. The formats take turns at each line; what none of them knows is prose, which may name the
/// file of the next block.</summary>
internal sealed class ReplyScan(string[] lines, bool complete)
{
    private const int MostBlocks = 1000,
        MostJson = 16;

    /// <summary>A file name counts for a whole file only this many lines of prose above it.</summary>
    private const int NearLines = 2;

    private readonly Dictionary<string, int> nextEnding = [];
    private string? named,
        inSentence;
    private readonly Dictionary<IEditFormat, int> nextOpening = [];
    private int nextCall = -1;
    private int sinceNamed,
        sinceSentence;
    private string previous = "";
    private int jsonLeft = MostJson;
    private readonly Dictionary<string, int> nextHolding = [];

    public string[] Lines => lines;

    /// <summary>False: the reply was cut, so what is open at its end is not to be used.</summary>
    public bool Complete => complete;

    public Fences Fences { get; } = new(lines);

    /// <summary>The line to be read next.</summary>
    public int At { get; set; }

    /// <summary>Where the fence around the current place ends; the end of the reply outside of fences.</summary>
    public int Limit { get; private set; } = lines.Length;

    /// <summary>Inside a fence or tag that says it holds a diff: headers and numbers may all be missing.</summary>
    public bool InDiff { get; private set; }

    /// <summary>The format's blocks must stand in file order (the caller says that this is a patch).</summary>
    public bool Strict { get; init; }

    /// <summary>The file of a call that names none; null: it must name one.</summary>
    public string? FileOfCalls { get; init; }

    public List<PatchBlock> Blocks { get; } = [];

    public List<PatchRefusal> Refusals { get; } = [];

    public List<string> Notes { get; } = [];

    public int NextNumber => Blocks.Count + Refusals.Count + 1;

    public bool Full => NextNumber > MostBlocks;

    /// <summary>The file a block belongs to that does not say so itself.</summary>
    public string PathForEdit => named ?? (sinceSentence <= NearLines ? inSentence : null) ?? previous;

    /// <summary>A file was named since the last block.</summary>
    public bool IsNamed => named is not null;

    /// <summary>The file named right above, only blank lines between.</summary>
    public string? PathAbove => sinceNamed == 0 ? named : null;

    /// <summary>The file named a little higher.</summary>
    public string? PathNear => sinceNamed <= NearLines ? named : null;

    /// <summary>The file named in passing on the line right above.</summary>
    public string? PathInSentenceAbove => sinceSentence == 0 ? inSentence : null;

    /// <summary>Something was read that belongs to no edit and names no file.</summary>
    public bool HasProse { get; private set; }

    /// <summary>How many lines may be tried as JSON: each try reads on to the end.</summary>
    public int JsonTries
    {
        init => jsonLeft = value;
    }

    /// <param name="untilProse">Only whether there is nothing but edits is asked.</param>
    public void Run(bool untilProse = false)
    {
        while (At < lines.Length && !Full && !(untilProse && HasProse))
        {
            if (At >= Limit)
            {
                Leave();
            }
            else if (!SkipsHidden() && !EditFormats.All.Any(format => format.TryRead(this)))
            {
                ReadProse();
            }
        }
        if (Full)
        {
            Refuse("size", "", $"More than {MostBlocks} blocks in one reply; send fewer.");
        }
    }

    /// <summary>The next line at or below this one that opens a block of the form. Asked with rising lines, so that all answers together
    /// are one walk.</summary>
    public int NextOpening(IEditFormat format, int line) =>
        nextOpening[format] = Next(Math.Max(line, nextOpening.GetValueOrDefault(format, -1)), format.Opens);

    /// <summary>A form that counts on any line begins between these two.</summary>
    public bool StartsAnywhere(int from, int end) =>
        EditFormats.Edits.Any(format => format.StartsAnywhere && NextOpening(format, from) < end);

    /// <summary>The next line at or below this one that may belong to a tool call.</summary>
    public int NextCall(int line) => nextCall = Next(Math.Max(line, nextCall), ToolCalls.IsCall);

    /// <summary>The next line at or below this one that ends with a closing tag.</summary>
    public int NextEndingWith(string tag, int line) =>
        nextEnding[tag] = Next(Math.Max(line, nextEnding.GetValueOrDefault(tag, -1)), text =>
            text.AsSpan().TrimEnd().EndsWith(tag, StringComparison.Ordinal)
        );

    /// <summary>The names above an edit; where nothing names its file, also those of the block before, whose file it then has.</summary>
    public IReadOnlyList<string> NamesFor(int block)
    {
        var above = NamesAbove.Of(lines, block);
        var isNamed = named is not null || (inSentence is not null && sinceSentence <= NearLines);
        return !isNamed && Blocks is [.., { } before] ? [.. above, .. before.Above] : above;
    }

    public void Add(PatchBlock block)
    {
        Blocks.Add(block);
        Forget(block.Path);
    }

    /// <summary>Another text inside the reply.</summary>
    public void AddAll(string text, string? path)
    {
        var (inner, whole) = ReplyLines.Of(text, complete: true);
        var scan = new ReplyScan(inner, whole) { JsonTries = 0 };
        if (path is not null)
        {
            scan.Name(path);
        }
        scan.Run();
        foreach (var refusal in scan.Refusals)
        {
            Refusals.Add(refusal with { Block = NextNumber });
        }
        foreach (var block in scan.Blocks)
        {
            Add(block with { Number = NextNumber });
        }
        Notes.AddRange(scan.Notes);
    }

    /// <summary>Few lines that look like JSON are, and each try reads on to the end.</summary>
    public bool MayTryJson() => jsonLeft-- > 0;

    /// <summary>A block of code that names no file: what it is, if anything, only the workspace can tell.</summary>
    public void AddUnnamed(string text, IReadOnlyList<string> above, bool isCut) =>
        Blocks.Add(new WriteBlock(NextNumber, "", text) { Above = above, IsCut = isCut });

    public ParsedPatch Result() => new(Blocks, Refusals, Notes);

    public void Refuse(string code, string path, string message)
    {
        Refusals.Add(new PatchRefusal(NextNumber, path, code, message));
        Forget(path);
    }

    public void RefuseCut(string path) =>
        Refuse(
            "cut",
            path,
            "The reply ended in the middle of this block; send this block again, and fewer or shorter blocks in one reply."
        );

    /// <summary>Reads on inside a fence.</summary>
    public void Enter(int first, int end, string? path, bool diff = false)
    {
        (At, Limit, InDiff) = (first, end, diff);
        if (path is not null)
        {
            (named, sinceNamed) = (path, 0);
        }
    }

    // The line that ends an envelope opens nothing.
    private void Leave() => (At, Limit, InDiff) = (At == Limit ? At + 1 : At, lines.Length, false);

    public void Name(string path) => (named, sinceNamed) = (path, 0);

    private int Next(int line, Func<string, bool> found)
    {
        while (line < lines.Length && !found(lines[line]))
        {
            line++;
        }
        return line;
    }

    /// <summary>Comments and thoughts outside of fences say nothing, also where they show an edit.</summary>
    private bool SkipsHidden()
    {
        var line = lines[At].AsSpan().Trim();
        if (Limit < lines.Length || line is not ['<', ..])
        {
            return false;
        }
        if (
            line.StartsWith("<!--")
            && !line.Contains("-->", StringComparison.Ordinal)
            && NextHolding("-->", At + 1) is var end
            && end < lines.Length
        )
        {
            At = end + 1;
            return true;
        }
        if (ReplyLines.Thought(line) is not { } close)
        {
            return false;
        }
        var last = NextHolding(close, At);
        if (last < lines.Length)
        {
            var behind = lines[last].IndexOf(close, StringComparison.OrdinalIgnoreCase) + close.Length;
            // What follows on the same line is said again.
            (lines[last], At) = (lines[last][behind..], last);
            return true;
        }
        if (line.EndsWith(">") && line.Length < close.Length)
        {
            At = lines.Length;
            RefuseCut("");
            return true;
        }
        return false;
    }

    private int NextHolding(string text, int line) =>
        nextHolding[text] = Next(Math.Max(line, nextHolding.GetValueOrDefault(text, -1)), one =>
            one.Contains(text, StringComparison.OrdinalIgnoreCase)
        );

    private void ReadProse()
    {
        var line = lines[At++];
        if (line.Trim().Length == 0)
        {
            return;
        }
        var alone = Tags.IsAlone(line) ? 0 : 1;
        sinceNamed += alone;
        sinceSentence += alone;
        HasProse |= alone == 1 && PathLine.Read(line) is null;
        if (PathLine.Read(line) is { } path)
        {
            (named, sinceNamed) = (path, 0);
        }
        else if (PathLine.ReadSentence(line) is { } mentioned)
        {
            (inSentence, sinceSentence) = (mentioned, 0);
        }
    }

    private void Forget(string path)
    {
        previous = path.Length > 0 ? path : previous;
        (named, inSentence) = (null, null);
    }
}

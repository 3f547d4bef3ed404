using CodexSidecar.Engine.Patching.Parsing;

namespace CodexSidecar.Engine.Patching;

/// <summary>A block or file that cannot be used.</summary>
/// <param name="Block">1-based number in the reply; 0: the reply as a whole.</param>
/// <param name="Code">A code of docs/architecture.md, "Patching", such as <c>not_found</c>.</param>
internal sealed record PatchRefusal(int Block, string Path, string Code, string Message);

/// <param name="Notes">What was read but has no effect, such as a mode change.</param>
internal sealed record ParsedPatch(IReadOnlyList<PatchBlock> Blocks, IReadOnlyList<PatchRefusal> Refusals, IReadOnlyList<string> Notes);

/// <summary>Model text in, blocks out; pure, linear, accepts every format of docs/architecture.md, "Patching".</summary>
internal static class PatchParser
{
    private const int MostBytes = 4 << 20,
        MostLook = 64 << 10;

    /// <summary>A chat reply: prose around the blocks is ignored.</summary>
    /// <param name="complete">False: the reply was cut (length limit, lost connection); the block open at the end is refused as
    /// <c>cut</c>.</param>
    public static ParsedPatch ParseReply(string reply, bool complete)
    {
        if (TooLarge(reply) is { } refused)
        {
            return refused;
        }
        var (lines, whole) = ReplyLines.Of(reply, complete);
        if (lines.Length == 0 && !whole)
        {
            return Refused("cut", "The reply ended before its first block; think less and send shorter or fewer blocks.");
        }
        var scan = new ReplyScan(lines, whole);
        scan.Run();
        return scan.Result();
    }

    /// <summary>The caller says "this is a patch": apply_patch with both ends, or a unified diff; else <c>malformed</c>.</summary>
    public static ParsedPatch ParsePatch(string text)
    {
        if (TooLarge(text) is { } refused)
        {
            return refused;
        }
        var (lines, _) = ReplyLines.Of(text, complete: true);
        var begin = Array.FindIndex(lines, ApplyPatch.IsBegin);
        var end = Array.FindLastIndex(lines, ApplyPatch.IsEnd);
        var diff = Enumerable.Range(0, lines.Length).FirstOrDefault(at => UnifiedDiff.IsStart(lines, at), -1);
        // Without its end a patch may have been cut off.
        var isPatch = begin >= 0 && end > begin && (diff < 0 || begin < diff);
        if (!isPatch && (diff < 0 || lines.Take(diff).Any(ApplyPatch.IsStart)))
        {
            return Refused("malformed", "This is no patch: *** Begin Patch and *** End Patch, or a unified diff, are expected.");
        }
        var scan = new ReplyScan(isPatch ? lines[begin..(end + 1)] : WithoutFence(lines, diff), complete: true) { Strict = true };
        scan.Run();
        return scan.NextNumber == 1 ? Refused("malformed", "The patch has no block.") : scan.Result();
    }

    /// <summary>A person's text: what begins as a patch must be a whole one, anything else is a reply.</summary>
    public static ParsedPatch ParseAny(string text)
    {
        var lines = text.AsSpan(0, Math.Min(text.Length, MostLook)).ToString().Split('\n');
        var first = Array.FindIndex(lines, line => line.AsSpan().Trim().Length > 0);
        return first >= 0 && (ApplyPatch.IsBegin(lines[first]) || UnifiedDiff.IsStart(lines, first))
            ? ParsePatch(text)
            : ParseReply(text, complete: true);
    }

    private static string[] WithoutFence(string[] lines, int first)
    {
        var open = Array.FindLastIndex(lines, first, line => Fences.Read(line) is not null);
        var close = open < 0 ? null : new Fences(lines).Close(open, Fences.Read(lines[open])!.Value, document: false, isFile: false);
        return lines[first..(close is { } end && end > first ? end : lines.Length)];
    }

    private static ParsedPatch? TooLarge(string text) =>
        System.Text.Encoding.UTF8.GetByteCount(text) > MostBytes
            ? Refused("size", "The reply is larger than 4 MiB; send fewer blocks.")
            : null;

    private static ParsedPatch Refused(string code, string message) => new([], [new PatchRefusal(0, "", code, message)], []);
}

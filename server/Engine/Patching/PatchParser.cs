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
        var found = EditFormats
            .Patches.Select(format => (Format: format, First: First(format, lines)))
            .Where(one => one.First >= 0)
            .OrderBy(one => one.First)
            .ToList();
        // What begins first must be whole before another form begins.
        if (found.Count == 0 || found[0].Format.WholePatch(lines) is not var (start, end) || (found.Count > 1 && start > found[1].First))
        {
            return Refused("malformed", "This is no patch: *** Begin Patch and *** End Patch, or a unified diff, are expected.");
        }
        var scan = new ReplyScan(lines[start..end], complete: true) { Strict = true };
        scan.Run();
        return scan.NextNumber == 1 ? Refused("malformed", "The patch has no block.") : scan.Result();
    }

    /// <summary>A person's text: what begins as a patch must be a whole one, anything else is a reply.</summary>
    public static ParsedPatch ParseAny(string text) => IsPatch(text) ? ParsePatch(text) : ParseReply(text, complete: true);

    /// <summary>It begins as a patch, not as a reply.</summary>
    public static bool IsPatch(string text)
    {
        var lines = text.AsSpan(0, Math.Min(text.Length, MostLook)).ToString().Split('\n');
        var first = Array.FindIndex(lines, line => line.AsSpan().Trim().Length > 0);
        return first >= 0 && EditFormats.Patches.Any(format => format.BeginsPatch(lines, first));
    }

    private static int First(IPatchFormat format, string[] lines) =>
        Enumerable.Range(0, lines.Length).FirstOrDefault(at => format.IsStart(lines, at), -1);

    private static ParsedPatch? TooLarge(string text) =>
        System.Text.Encoding.UTF8.GetByteCount(text) > MostBytes
            ? Refused("size", "The reply is larger than 4 MiB; send fewer blocks.")
            : null;

    private static ParsedPatch Refused(string code, string message) => new([], [new PatchRefusal(0, "", code, message)], []);
}

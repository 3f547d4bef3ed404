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
    private const int MostBytes = 4 << 20;

    /// <summary>A chat reply: prose around the blocks is ignored.</summary>
    /// <param name="complete">False: the reply was cut (length limit, lost connection); the block open at the end is refused as <c>cut</c>.</param>
    public static ParsedPatch ParseReply(string reply, bool complete)
    {
        if (TooLarge(reply) is { } refused)
            return refused;
        var (lines, whole) = ReplyLines.Of(reply, complete);
        var scan = new ReplyScan(lines, whole);
        scan.Run();
        // All of it was reasoning that never ended.
        if (lines.Length == 0 && !whole)
            scan.RefuseCut("");
        return scan.Result();
    }

    /// <summary>The caller says "this is a patch": apply_patch with both ends, or a unified diff; else <c>malformed</c>.</summary>
    public static ParsedPatch ParsePatch(string text) => ParseReply(text, complete: true);

    private static ParsedPatch? TooLarge(string text) =>
        System.Text.Encoding.UTF8.GetByteCount(text) > MostBytes ? Refused("size", "The reply is larger than 4 MiB; send fewer blocks.") : null;

    private static ParsedPatch Refused(string code, string message) => new([], [new PatchRefusal(0, "", code, message)], []);
}

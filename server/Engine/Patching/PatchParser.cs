namespace CodexSidecar.Engine.Patching;

/// <summary>A block or file that cannot be used.</summary>
/// <param name="Block">1-based number in the reply; 0: the reply as a whole.</param>
/// <param name="Code">A code of docs/architecture.md, "Patching", such as <c>not_found</c>.</param>
internal sealed record PatchRefusal(int Block, string Path, string Code, string Message);

internal sealed record ParsedPatch(IReadOnlyList<PatchBlock> Blocks, IReadOnlyList<PatchRefusal> Refusals);

/// <summary>Model text in, blocks out; pure, linear, accepts every format of docs/architecture.md, "Patching".</summary>
internal static class PatchParser
{
    /// <summary>A chat reply: prose around the blocks is ignored.</summary>
    /// <param name="complete">False: the reply was cut (length limit, lost connection); the block open at the end is refused as <c>cut</c>.</param>
    public static ParsedPatch ParseReply(string reply, bool complete) => throw new NotImplementedException(reply + complete);

    /// <summary>The caller says "this is a patch": apply_patch with both ends, or a unified diff; else <c>malformed</c>.</summary>
    public static ParsedPatch ParsePatch(string text) => throw new NotImplementedException(text);
}

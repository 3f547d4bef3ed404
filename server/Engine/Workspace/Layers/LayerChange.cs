namespace CodexSidecar.Engine.Workspace;

/// <summary>What became of a file, a link or a special entry.</summary>
/// <param name="Before">In the lower layer; null: it is new.</param>
/// <param name="After">As it shows now; null: it is gone. Of another kind than <paramref name="Before"/> where one replaced the
/// other.</param>
internal sealed record LayerChange(WorkspacePath Path, FileFact? Before, FileFact? After);

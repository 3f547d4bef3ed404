namespace CodexSidecar.Contracts;

/// <summary>The whole texts of one file of a patch, for clients that draw their own diff. Files over 1 MiB and files that are not text are
/// left out.</summary>
/// <param name="OldText">Null: a new file.</param>
/// <param name="NewText">Null: a deleted file.</param>
public sealed record PatchText(string Path, string? OldText, string? NewText);

namespace CodexSidecar.Engine.Patching;

/// <summary>One change as the model wrote it, whatever the format was.</summary>
/// <param name="Number">1-based place in the reply.</param>
/// <param name="Path">As written, undressed; empty when the reply names none.</param>
internal abstract record PatchBlock(int Number, string Path);

/// <summary>The whole new text of a file.</summary>
internal sealed record WriteBlock(int Number, string Path, string Text) : PatchBlock(Number, Path);

internal sealed record ReplaceBlock(int Number, string Path, string Search, string Replace, ReplaceHints Hints) : PatchBlock(Number, Path);

/// <param name="After">The scope line the text goes after; null: at the end of the file.</param>
internal sealed record InsertBlock(int Number, string Path, string? After, string Text) : PatchBlock(Number, Path);

internal sealed record DeleteBlock(int Number, string Path) : PatchBlock(Number, Path);

internal sealed record MoveBlock(int Number, string Path, string To) : PatchBlock(Number, Path);

/// <param name="Line">1-based line the format names, a hint only.</param>
/// <param name="Scopes">The <c>@@</c> scopes, outermost first.</param>
/// <param name="Ordered">Blocks of this format stand in file order.</param>
/// <param name="AtEnd">Must match at the end of the file.</param>
internal sealed record ReplaceHints(int? Line = null, IReadOnlyList<string>? Scopes = null, bool Ordered = false, bool AtEnd = false);

namespace CodexSidecar.Engine.Patching;

/// <summary>One change as the model wrote it, whatever the format was. In texts every line ends with LF.</summary>
/// <param name="Number">1-based place in the reply.</param>
/// <param name="Path">As written, undressed; empty when the reply names none.</param>
internal abstract record PatchBlock(int Number, string Path)
{
    /// <summary>What stands right above the block, undressed step by step: the name of a file if there is such a file, whatever signs it
    /// has.</summary>
    public IReadOnlyList<string> Above { get; init; } = [];
}

/// <summary>The whole new text of a file.</summary>
/// <param name="IsNew">The format says that there is no such file yet.</param>
/// <param name="FinalNewline">What the format says about the last line; null: as the file was.</param>
/// <param name="Mentioned">The path was only named in the prose above: the text must look like that file to be meant for it.</param>
internal sealed record WriteBlock(
    int Number,
    string Path,
    string Text,
    bool IsNew = false,
    bool? FinalNewline = null,
    bool Mentioned = false
) : PatchBlock(Number, Path)
{
    /// <summary>What ends the text is missing, so that some of the text may be missing too.</summary>
    public bool IsCut { get; init; }

    /// <summary>It stood in a tag, where some models write <c>&amp;lt;</c> for <c>&lt;</c>.</summary>
    public bool IsMarkup { get; init; }
}

internal sealed record ReplaceBlock(int Number, string Path, string Search, string Replace, ReplaceHints Hints) : PatchBlock(Number, Path);

/// <summary>New lines after the innermost scope line; without a scope at the end of the file.</summary>
internal sealed record InsertBlock(int Number, string Path, string Text, ReplaceHints Hints) : PatchBlock(Number, Path);

internal sealed record DeleteBlock(int Number, string Path) : PatchBlock(Number, Path);

/// <param name="Overwrite">The format's own contract lets a move replace an existing file.</param>
internal sealed record MoveBlock(int Number, string Path, string To, bool Overwrite = false) : PatchBlock(Number, Path);

internal sealed record ReplaceHints
{
    public static readonly ReplaceHints None = new();

    /// <summary>1-based line the format names, a hint only.</summary>
    public int? Line { get; init; }

    /// <summary>The format says exactly that the new lines stand right below <see cref="Line"/>, 0 for the head of the file.</summary>
    public bool Below { get; init; }

    /// <summary>The <c>@@</c> scopes, outermost first.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Blocks of this format usually stand in file order.</summary>
    public bool Ordered { get; init; }

    /// <summary>Blocks of this format must stand in file order.</summary>
    public bool Strict { get; init; }

    /// <summary>Must match at the end of the file.</summary>
    public bool AtEnd { get; init; }

    /// <summary>What the format says about the file's last line; null: as it was.</summary>
    public bool? FinalNewline { get; init; }

    /// <summary>Line numbers (0-based) in Replace that look like another divider between the halves.</summary>
    public IReadOnlyList<int> Dividers { get; init; } = [];

    /// <summary>Lines of Search and of Replace (0-based) that were context with a leading blank, which may have been the text's
    /// own.</summary>
    public IReadOnlyList<(int Search, int Replace)> Context { get; init; } = [];

    /// <summary>The line that was taken for the divider.</summary>
    public string Divider { get; init; } = "";
}

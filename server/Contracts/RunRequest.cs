namespace CodexSidecar.Contracts;

/// <param name="Name">What the user attached: a path, or "selection in PATH".</param>
/// <param name="Text">The attached text; null when the file is to be read from the workspace.</param>
public sealed record Attachment(string Name, string? Text);

/// <summary>A file with changes the user has not saved: a patch to it is refused until it is saved.</summary>
public sealed record UnsavedFile(string Path, string Text);

/// <param name="Task">What the user wants, in their own words.</param>
public sealed record RunRequest(string Task, RunSettings Settings)
{
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public IReadOnlyList<UnsavedFile> Unsaved { get; init; } = [];

    /// <summary>Asks the editor, right before a patch is written, which of these files (relative paths) have unsaved changes now. Null:
    /// <see cref="Unsaved"/> is all that is known.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<UnsavedFile>>>? ReadUnsaved { get; init; }

    /// <summary>Only run the tests once more: no model, no change.</summary>
    public bool TestsOnly { get; init; }

    /// <summary>Who asks, for the audit.</summary>
    public Caller Caller { get; init; } = Caller.CommandLine;
}

/// <summary>Who asks and by which way in: what the audit says about it.</summary>
/// <param name="Client">The client's name and version.</param>
/// <param name="Face"><c>cli</c>, <c>acp</c>, <c>http</c> or <c>mcp</c>.</param>
public sealed record Caller(string Client, string Face)
{
    /// <summary>The product itself, for a person at a terminal.</summary>
    public static Caller CommandLine { get; } = new($"codex-sidecar {typeof(Caller).Assembly.GetName().Version?.ToString(3)}", "cli");
}

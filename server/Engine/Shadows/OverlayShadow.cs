using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>The first rung: the kernel lays a folder of changes over the workspace's own path while a command runs; between commands this
/// process reads and writes both layers itself.</summary>
internal sealed class OverlayShadow : IShadow
{
    private readonly ShadowFolder folder;
    private readonly OverlayMount mount;
    private readonly LayeredJail jail;
    private readonly DateTimeOffset begun;

    /// <param name="folder">Goes with the shadow.</param>
    /// <exception cref="IOException">The disk takes no folder.</exception>
    public OverlayShadow(string workspace, ShadowFolder folder, Sandbox sandbox)
    {
        this.folder = folder;
        mount = OverlayMount.Make(workspace, folder.FullPath);
        Sandbox = sandbox.Over(mount);
        jail = LayeredJail.TryOpen(workspace, mount.Upper)
            ?? throw new IOException("The system cannot open folders without following links.");
        View = WorkspaceRoot.Open(jail);
        begun = NowOfDisk();
    }

    public ShadowRung Rung => ShadowRung.Overlay;

    public string Description => "in a shadow of the workspace (an overlay): what commands change reaches it only when it is taken over";

    public WorkspaceRoot View { get; }

    public Sandbox Sandbox { get; }

    public Task DiscardAsync() => mount.EmptyAsync();

    public ShadowDifference Difference(CancellationToken cancellationToken)
    {
        var changes = LayerDifference.Of(jail, skipped: null, cancellationToken).ToList();
        var stale = changes
            .Where(change => change.Before is { } before && before.Touched > begun)
            .Select(change => change.Path)
            .ToHashSet();
        return new(changes, stale, ChangesGit(changes));
    }

    public async ValueTask DisposeAsync()
    {
        View.Dispose();
        await folder.DisposeAsync();
    }

    /// <summary>In the workspace's own repository, and in one above a changed file. Git writes down what it has looked at in <c>index</c>;
    /// that is no change.</summary>
    private bool ChangesGit(IEnumerable<LayerChange> changes) =>
        changes
            .SelectMany(change => BatchOrder.Above(change.Path))
            .Append(WorkspacePath.Root)
            .Distinct()
            .Select(above => Path.Join(mount.Upper, above.IsRoot ? "" : above.Value, ".git"))
            .Any(git =>
                Directory.Exists(git)
                    ? Directory
                        .EnumerateFileSystemEntries(git)
                        .Any(entry => !Path.GetFileName(entry).StartsWith("index", StringComparison.Ordinal))
                    : Path.Exists(git)
            );

    /// <summary>By the clock of the disk that holds the workspace's changes, which is not ours in every container.</summary>
    private DateTimeOffset NowOfDisk() => new(File.GetCreationTimeUtc(mount.Upper));
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes.Overlay;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexSidecar.Engine.Processes;

/// <summary>The best backend of the backends that works on this machine for this workspace, found out by trying it
/// (docs/security.md).</summary>
internal sealed partial class Sandbox
{
    private readonly string workspace;
    private readonly ISandboxBackend? backend;
    private readonly Func<string, string?> read;
    private OverlayMount? over;
    private OverlayTools? tools;

    private Sandbox(string workspace, ISandboxBackend? backend, string description, Func<string, string?>? read) =>
        (this.workspace, this.backend, Description, this.read) = (
            workspace,
            backend,
            description,
            read ?? Environment.GetEnvironmentVariable
        );

    public SandboxKind Kind => backend?.Kind ?? SandboxKind.None;

    public bool HasOwnLoopback => backend?.HasOwnLoopback ?? true;

    /// <summary>Commands see an overlay of the workspace.</summary>
    public bool IsOver => over is not null;

    /// <summary>The program that an overlay needs and this machine lacks; null: all are there.</summary>
    public string? ToolProblem => OverlayTools.Find(read, workspace) is (null, var problem) ? problem : null;

    /// <summary>A folder on the disk that commands fill; null: their own folder is.</summary>
    public string? Disk => over?.Upper;

    /// <summary>Where those who work with this sandbox tell what goes wrong.</summary>
    public ILogger Log { get; private init; } = NullLogger.Instance;

    /// <summary>For the panel and for <c>doctor</c>: what protects, why nothing better does, and what to install.</summary>
    public string Description { get; }

    /// <summary>Tries the backends, best first, with the very options commands will get.</summary>
    /// <param name="workspaceFolder">Absolute; the only folder commands may write to.</param>
    /// <param name="read">The environment; null: this process's.</param>
    /// <param name="log">Hears which backend it is, and why no better one.</param>
    public static Task<Sandbox> ProbeAsync(
        string workspaceFolder,
        CancellationToken cancellationToken,
        Func<string, string?>? read = null,
        ILogger? log = null
    ) => ProbeAsync(workspaceFolder, Backends(read), cancellationToken, read, log);

    /// <param name="backends">Finds the backends, best first: each of them, or why there is none.</param>
    public static async Task<Sandbox> ProbeAsync(
        string workspaceFolder,
        IEnumerable<Func<string, CancellationToken, Task<(ISandboxBackend? Backend, string Problem)>>> backends,
        CancellationToken cancellationToken,
        Func<string, string?>? read = null,
        ILogger? log = null
    )
    {
        var best = await ClimbAsync(workspaceFolder, backends, read, log ?? NullLogger.Instance, cancellationToken);
        Chosen(best.Log, Wire.Name(best.Kind), best.Description);
        return best;
    }

    private static async Task<Sandbox> ClimbAsync(
        string workspaceFolder,
        IEnumerable<Func<string, CancellationToken, Task<(ISandboxBackend? Backend, string Problem)>>> backends,
        Func<string, string?>? read,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        var problems = new List<string>();
        foreach (var find in backends)
        {
            var (backend, problem) = await find(workspaceFolder, cancellationToken);
            if (backend is null)
            {
                problems.Add(problem);
                continue;
            }
            var candidate = OnBackend(workspaceFolder, backend, problems, read, log);
            if (await SandboxProof.FindFaultAsync(candidate, workspaceFolder, backend.HasOwnLoopback, cancellationToken) is not { } fault)
            {
                return candidate;
            }
            problems.Add($"{Wire.Name(backend.Kind)} does not hold here: {fault}");
        }
        return new(workspaceFolder, null, string.Join("; ", problems), null) { Log = log };
    }

    /// <summary>One backend, not tried out: for <see cref="ProbeAsync"/>, and for tests of a backend that is not the best.</summary>
    public static Sandbox OnBackend(
        string workspaceFolder,
        ISandboxBackend backend,
        IReadOnlyList<string> problems,
        Func<string, string?>? read = null,
        ILogger? log = null
    ) => new(workspaceFolder, backend, Describe(backend, problems), read) { Log = log ?? NullLogger.Instance };

    /// <summary>Runs commands unprotected; policy asks before each of them.</summary>
    public static Sandbox WithoutAny(string workspaceFolder, string reason, Func<string, string?>? read = null) =>
        new(workspaceFolder, null, reason, read);

    /// <summary>
    /// The same sandbox with an overlay over the workspace: what commands write goes to the overlay's folder, and they may do with
    /// <c>.git</c> what they like. <see cref="OverlayTrial"/> says whether that works here.
    /// </summary>
    /// <exception cref="SandboxException">A program for it is missing, or it is an overlay of another folder.</exception>
    public Sandbox Over(OverlayMount mount)
    {
        var (found, problem) =
            mount.Workspace == Path.TrimEndingDirectorySeparator(workspace)
                ? OverlayTools.Find(read, workspace)
                : (null, $"{mount.Folder} is an overlay of another folder");
        return found is null
            ? throw new SandboxException($"There is no overlay over {workspace}: {problem}.")
            : new(workspace, backend, Description, read)
            {
                Log = Log,
                over = mount,
                tools = found,
            };
    }

    /// <summary>Commands over one overlay run one after the other; others need no turn.</summary>
    public async Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) =>
        over is null ? null : await over.TurnAsync(cancellationToken);

    /// <summary>How a command is started on this backend.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public WrappedCommand Wrap(CommandSpec spec)
    {
        var marker = LeftCommands.NewMarker();
        var own = backend?.MakeTemporary();
        var temporary = own ?? (backend is null ? Path.TrimEndingDirectorySeparator(Path.GetTempPath()) : "/tmp");
        try
        {
            var environment = ChildEnvironment.Build(read, workspace, temporary, marker);
            IReadOnlyList<CacheLink> links = [];
            if (backend is not null)
            {
                PrivateCaches.AddTo(environment, read, temporary);
                links = PrivateCaches.Links(read);
            }
            if (own is not null)
            {
                PrivateCaches.Make(own, links);
            }
            foreach (var (name, value) in spec.Environment)
            {
                environment[name] = value;
            }
            IReadOnlyList<string> argv =
            [
                Executable.Find(spec.Argv[0], spec.Folder, environment["PATH"], over is null ? null : path => over.Locate(path)),
                .. spec.Argv.Skip(1),
            ];
            if (backend is null)
            {
                return new(Around(new(argv[0], [.. argv.Skip(1)], environment, spec.Folder, marker)), null, own);
            }
            // Over an overlay git belongs to the command: nothing of it is the user's.
            var repositories = over is null ? GitFolders.Find(workspace) : [];
            var guard = over is null ? GitGuard.Take(workspace, repositories, keep: backend.Kind is not SandboxKind.Bubblewrap) : null;
            var command = new InnerCommand(argv, workspace, spec.Folder, environment, marker, spec.Hidden ?? [], repositories, own, read)
            {
                Caches = links,
                Over = over,
                Identity = tools?.Identity ?? [],
            };
            return new(Around(backend.Wrap(command)), guard, own);
        }
        catch
        {
            WrappedCommand.Remove(own);
            throw;
        }
    }

    private Launch Around(Launch launch) => over is null || tools is null ? launch : tools.Around(launch, over);

    private static string Describe(ISandboxBackend backend, IReadOnlyList<string> problems) =>
        backend.Description + (problems.Count == 0 ? "" : $" (the better way is not there: {string.Join("; ", problems)})");

    private static IEnumerable<Func<string, CancellationToken, Task<(ISandboxBackend? Backend, string Problem)>>> Backends(
        Func<string, string?>? read
    ) =>
        OperatingSystem.IsLinux()
            ?
            [
                async (workspace, cancellationToken) => await Bubblewrap.FindAsync(workspace, cancellationToken, read),
                (workspace, _) => Task.FromResult(Landlock.LandlockSandbox.Find(workspace)),
            ]
        : OperatingSystem.IsMacOS() ? [(workspace, _) => Task.FromResult(Seatbelt.Find(workspace))]
        :
        [
            (_, _) =>
                Task.FromResult<(ISandboxBackend?, string)>(
                    (null, "there is no sandbox for this operating system: its network could not be cut off")
                ),
        ];

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {Kind}: {Description}")]
    private static partial void Chosen(ILogger log, string kind, string description);
}

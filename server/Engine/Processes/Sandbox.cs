using CodexSidecar.Contracts;
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

    private Sandbox(string workspace, ISandboxBackend? backend, string description, Func<string, string?>? read) =>
        (this.workspace, this.backend, Description, this.read) = (
            workspace,
            backend,
            description,
            read ?? Environment.GetEnvironmentVariable
        );

    public SandboxKind Kind => backend?.Kind ?? SandboxKind.None;

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
            IReadOnlyList<string> argv = [Executable.Find(spec.Argv[0], spec.Folder, environment["PATH"]), .. spec.Argv.Skip(1)];
            if (backend is null)
            {
                return new(new(argv[0], [.. argv.Skip(1)], environment, spec.Folder, marker), null, own);
            }
            var repositories = GitFolders.Find(workspace);
            var guard = GitGuard.Take(workspace, repositories, keep: backend.Kind is not SandboxKind.Bubblewrap);
            return new(
                backend.Wrap(
                    new(argv, workspace, spec.Folder, environment, marker, spec.Hidden ?? [], repositories, own, read) { Caches = links }
                ),
                guard,
                own
            );
        }
        catch
        {
            WrappedCommand.Remove(own);
            throw;
        }
    }

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

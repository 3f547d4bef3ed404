using System.Globalization;
using CodexSidecar.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexSidecar.Engine.Processes;

/// <summary>The best rung of the ladder that works on this machine for this workspace, found out by trying it (docs/security.md).</summary>
internal sealed partial class Sandbox
{
    private readonly string workspace;
    private readonly ISandboxKind? rung;
    private readonly Func<string, string?> read;

    private Sandbox(string workspace, ISandboxKind? rung, string description, Func<string, string?>? read) =>
        (this.workspace, this.rung, Description, this.read) = (workspace, rung, description, read ?? Environment.GetEnvironmentVariable);

    public SandboxKind Kind => rung?.Kind ?? SandboxKind.None;

    /// <summary>Where those who work with this sandbox tell what goes wrong.</summary>
    public ILogger Log { get; private init; } = NullLogger.Instance;

    /// <summary>For the panel and for <c>doctor</c>: what protects, why nothing better does, and what to install.</summary>
    public string Description { get; }

    /// <summary>Tries the rungs, best first, with the very options commands will get.</summary>
    /// <param name="workspaceFolder">Absolute; the only folder commands may write to.</param>
    /// <param name="read">The environment; null: this process's.</param>
    /// <param name="log">Hears which rung it is, and why no better one.</param>
    public static Task<Sandbox> ProbeAsync(
        string workspaceFolder, CancellationToken cancellationToken, Func<string, string?>? read = null, ILogger? log = null) =>
        ProbeAsync(workspaceFolder, Ladder(read), cancellationToken, read, log);

    /// <param name="ladder">Finds the rungs, best first: each of them, or why there is none.</param>
    public static async Task<Sandbox> ProbeAsync(
        string workspaceFolder,
        IEnumerable<Func<string, CancellationToken, Task<(ISandboxKind? Rung, string Problem)>>> ladder,
        CancellationToken cancellationToken,
        Func<string, string?>? read = null,
        ILogger? log = null)
    {
        var best = await ClimbAsync(workspaceFolder, ladder, read, log ?? NullLogger.Instance, cancellationToken);
        Chosen(best.Log, Wire.Name(best.Kind), best.Description);
        return best;
    }

    private static async Task<Sandbox> ClimbAsync(
        string workspaceFolder,
        IEnumerable<Func<string, CancellationToken, Task<(ISandboxKind? Rung, string Problem)>>> ladder,
        Func<string, string?>? read,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var find in ladder)
        {
            var (rung, problem) = await find(workspaceFolder, cancellationToken);
            if (rung is null)
            {
                problems.Add(problem);
                continue;
            }
            var candidate = OnRung(workspaceFolder, rung, problems, read, log);
            if (await SandboxProof.FindFaultAsync(candidate, workspaceFolder, rung.HasOwnLoopback, cancellationToken) is not { } fault)
            {
                return candidate;
            }
            problems.Add($"{Wire.Name(rung.Kind)} does not hold here: {fault}");
        }
        return new(workspaceFolder, null, string.Join("; ", problems), null) { Log = log };
    }

    /// <summary>One rung, not tried out: for <see cref="ProbeAsync"/>, and for tests of a rung that is not the best.</summary>
    public static Sandbox OnRung(
        string workspaceFolder, ISandboxKind rung, IReadOnlyList<string> problems, Func<string, string?>? read = null, ILogger? log = null) =>
        new(workspaceFolder, rung, Describe(rung, problems), read) { Log = log ?? NullLogger.Instance };

    /// <summary>Runs commands unprotected; policy asks before each of them.</summary>
    public static Sandbox WithoutAny(string workspaceFolder, string reason, Func<string, string?>? read = null) => new(workspaceFolder, null, reason, read);

    /// <summary>How a command is started on this rung.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public WrappedCommand Wrap(CommandSpec spec)
    {
        var marker = Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture);
        var own = rung?.MakeTemporary();
        var temporary = own ?? (rung is null ? Path.TrimEndingDirectorySeparator(Path.GetTempPath()) : "/tmp");
        try
        {
            var environment = ChildEnvironment.Build(read, workspace, temporary, marker);
            foreach (var (name, value) in spec.Environment)
            {
                environment[name] = value;
            }
            IReadOnlyList<string> argv = [Executable.Find(spec.Argv[0], spec.Folder, environment["PATH"]), .. spec.Argv.Skip(1)];
            if (rung is null)
            {
                return new(new(argv[0], [.. argv.Skip(1)], environment, spec.Folder, marker), null, own);
            }
            var repositories = GitFolders.Find(workspace);
            var guard = GitGuard.Take(workspace, repositories, keep: rung.Kind is not SandboxKind.Bubblewrap);
            return new(rung.Wrap(new(argv, workspace, spec.Folder, environment, marker, spec.Hidden ?? [], repositories, own, read)), guard, own);
        }
        catch
        {
            WrappedCommand.Remove(own);
            throw;
        }
    }

    private static string Describe(ISandboxKind rung, IReadOnlyList<string> problems) =>
        rung.Description + (problems.Count == 0 ? "" : $" (the better way is not there: {string.Join("; ", problems)})");

    private static IEnumerable<Func<string, CancellationToken, Task<(ISandboxKind? Rung, string Problem)>>> Ladder(Func<string, string?>? read) =>
        OperatingSystem.IsLinux()
            ? [
                async (workspace, cancellationToken) => await Bubblewrap.FindAsync(workspace, cancellationToken, read),
                (workspace, _) => Task.FromResult(Landlock.LandlockSandbox.Find(workspace)),
            ]
        : OperatingSystem.IsMacOS() ? [(workspace, _) => Task.FromResult(Seatbelt.Find(workspace))]
        : [(_, _) => Task.FromResult<(ISandboxKind?, string)>((null, "there is no sandbox for this operating system: its network could not be cut off"))];

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {Kind}: {Description}")]
    private static partial void Chosen(ILogger log, string kind, string description);
}

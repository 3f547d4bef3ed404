using System.Globalization;

namespace CodexSidecar.Engine.Processes;

/// <summary>The best rung of the ladder that works on this machine for this workspace, found out by trying it (docs/security.md).</summary>
internal sealed class Sandbox
{
    private readonly string workspace;
    private readonly Bubblewrap? bubblewrap;

    private Sandbox(string workspace, Bubblewrap? bubblewrap, string description)
    {
        this.workspace = workspace;
        this.bubblewrap = bubblewrap;
        Description = description;
    }

    public SandboxKind Kind => bubblewrap is null ? SandboxKind.None : SandboxKind.Bubblewrap;

    /// <summary>One sentence for the panel and for <c>doctor</c>: what protects, or why nothing does and what to install.</summary>
    public string Description { get; }

    /// <summary>Tries the rungs with the very options commands will get.</summary>
    /// <param name="workspaceFolder">Absolute; the only folder commands may write to.</param>
    public static async Task<Sandbox> ProbeAsync(string workspaceFolder, CancellationToken cancellationToken)
    {
        var (bubblewrap, problem) = await Bubblewrap.FindAsync(workspaceFolder, cancellationToken);
        if (bubblewrap is null)
        {
            return new(workspaceFolder, null, problem);
        }
        var candidate = new Sandbox(workspaceFolder, bubblewrap,
            $"bubblewrap {bubblewrap.Version}: commands write only to the workspace and a private /tmp, and have no network");
        var trial = await new CommandRunner(candidate, TimeProvider.System).RunAsync(new(["true"], workspaceFolder, TimeSpan.FromSeconds(10)), null, cancellationToken);
        return trial.ExitCode == 0 ? candidate : WithoutAny(workspaceFolder, $"bubblewrap does not work here: {FirstLine(trial.Output)}");
    }

    /// <summary>Runs commands unprotected; policy asks before each of them.</summary>
    public static Sandbox WithoutAny(string workspaceFolder, string reason) => new(workspaceFolder, null, reason);

    /// <summary>How a command is started on this rung.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public Launch Wrap(IReadOnlyList<string> argv, string folder)
    {
        var marker = Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture);
        var temporary = bubblewrap is null ? Path.TrimEndingDirectorySeparator(Path.GetTempPath()) : "/tmp";
        var environment = ChildEnvironment.Build(Environment.GetEnvironmentVariable, workspace, temporary, marker);
        var program = Executable.Find(argv[0], folder, environment["PATH"]);
        return bubblewrap is null
            ? new(program, [.. argv.Skip(1)], environment, folder, marker)
            : new(bubblewrap.Program, bubblewrap.Arguments(workspace, folder, [program, .. argv.Skip(1)]), environment, folder, marker, IsBubblewrap: true);
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0];
}

using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes.Seccomp;

namespace CodexSidecar.Engine.Processes.Landlock;

/// <summary>
/// The second backend, for a Linux without user namespaces: this program starts itself, locks itself in (no_new_privs, Landlock, a filter
/// without network) and becomes the command.
/// </summary>
internal sealed class LandlockSandbox(IReadOnlyList<string> ownProgram, int version) : ISandboxBackend
{
    /// <summary>From this version on Landlock keeps files outside from being emptied, too.</summary>
    private const int OldestVersion = 3;

    public SandboxKind Kind => SandboxKind.Landlock;

    public string Description =>
        $"Landlock (version {version}) with a system call filter: commands write only to the workspace and a temporary folder of "
        + $"their own, and have no network, not even loopback: tests with a local server fail"
        + (version < 6 ? "; signals to your other programs are not cut off" : "");

    public bool HasOwnLoopback => false;

    public static (ISandboxBackend? Backend, string Problem) Find(string workspace)
    {
        var version = LandlockCalls.Version();
        return version < OldestVersion
                ? (
                    null,
                    version <= 0
                        ? "the kernel has no Landlock"
                        : $"the kernel's Landlock is too old (version {version}, needed is {OldestVersion})"
                )
            : SeccompFilter.Build(RuntimeInformation.ProcessArchitecture, SeccompRules.WithoutNetwork) is null
                ? (null, "there is no system call filter for this processor")
            : OwnProgram.Find() is not { } own ? (null, "Landlock needs the program codex-sidecar, which is not where this code runs")
            : HiddenPaths
                .Secrets(Environment.GetEnvironmentVariable)
                .FirstOrDefault(path => path.StartsWith(workspace.TrimEnd('/') + "/", StringComparison.Ordinal))
                is { } secret
                ? (null, $"Landlock cannot hide {secret} inside the workspace")
            : (new LandlockSandbox(own, version), "");
    }

    public string? MakeTemporary() => Directory.CreateTempSubdirectory("codex-sidecar-command-").FullName;

    public Launch Wrap(InnerCommand command)
    {
        var environment = new Dictionary<string, string>(command.Environment);
        foreach (var (name, value) in OwnProgram.Quick)
        {
            environment[name] = value;
        }
        string[] arguments =
        [
            .. ownProgram.Skip(1),
            HiddenJobs.Launch,
            "--write",
            command.Workspace,
            "--write",
            command.Temporary!,
            .. HiddenPaths.Secrets(command.Read, command.Over?.Folder).SelectMany(path => new[] { "--hide", path }),
            "--",
            .. command.Argv,
        ];
        return new(ownProgram[0], arguments, environment, command.Folder, command.Marker);
    }
}

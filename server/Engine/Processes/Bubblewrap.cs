using System.Runtime.InteropServices;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Engine.Processes.Seccomp;

namespace CodexSidecar.Engine.Processes;

/// <summary>The first backend: what bubblewrap is told for one command. https://github.com/containers/bubblewrap</summary>
internal sealed class Bubblewrap(string program, Version version, byte[] filter) : ISandboxBackend
{
    private const string TemporarySize = "2147483648";

    /// <summary>It prints one line; then it is asked to end, and a little later killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10),
        Grace = TimeSpan.FromSeconds(1);

    public SandboxKind Kind => SandboxKind.Bubblewrap;

    public string Description =>
        $"bubblewrap {version} with a system call filter: commands write only to the workspace and a private /tmp, and have no "
        + $"network but their own loopback";

    public bool HasOwnLoopback => true;

    /// <returns>Without a bubblewrap: null and what to do about it.</returns>
    public static async Task<(Bubblewrap? Found, string Problem)> FindAsync(
        string workspace,
        CancellationToken cancellationToken,
        Func<string, string?>? read = null
    )
    {
        if (SeccompFilter.Build(RuntimeInformation.ProcessArchitecture, SeccompRules.Always) is not { } filter)
        {
            return (null, "there is no system call filter for this processor");
        }
        try
        {
            var path = ChildEnvironment.Build(read ?? Environment.GetEnvironmentVariable, workspace, "/tmp", "")["PATH"];
            var file = Executable.Find("bwrap", "/", path);
            using var ask = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var kill = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ask.CancelAfter(Patience);
            kill.CancelAfter(Patience + Grace);
            var answer = await Cli.Wrap(file)
                .WithArguments("--version")
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(Encoding.UTF8, Encoding.UTF8, kill.Token, ask.Token);
            return Version.TryParse(answer.StandardOutput.Split(' ')[^1].Trim(), out var version)
                ? (new(file, version, filter), "")
                : (null, "bubblewrap does not name its version");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "bubblewrap does not say its version");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "bubblewrap is not installed (apt install bubblewrap, dnf install bubblewrap, pacman -S bubblewrap)");
        }
    }

    public string? MakeTemporary() => null;

    public Launch Wrap(InnerCommand command) =>
        new(program, Arguments(command), command.Environment, command.Folder, command.Marker, IsBubblewrap: true, filter);

    /// <remarks>
    /// /proc is read-only because the kernel asks for no capability where the machine's root writes to /proc/sys, in whatever namespace: a
    /// sandbox of root could set kernel.core_pattern. bubblewrap covers /proc/sys only where that folder itself looks writable.
    /// </remarks>
    public IReadOnlyList<string> Arguments(InnerCommand command) =>
        [
            .. Namespaces(),
            .. command.Identity,
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            .. Temporary("/dev/shm"),
            "--remount-ro",
            "/dev",
            "--proc",
            "/proc",
            "--remount-ro",
            "/proc",
            .. Temporary("/tmp"),
            "--dir",
            $"/tmp/{PrivateCaches.Folder}",
            .. command.Caches.SelectMany(link => new[] { "--symlink", link.Target, $"/tmp/{link.Path}" }),
            .. Temporary("/var/tmp"),
            .. OwnProgram.Folder(command.Argv) is { } own ? new[] { "--ro-bind", own, own } : [],
            "--bind",
            command.Workspace,
            command.Workspace,
            .. HiddenPaths.Find(command.Read, command.Over?.Folder).Concat(command.Hidden).SelectMany(path => Hide(path, command.Over)),
            .. command.Repositories.SelectMany(Protect),
            "--chdir",
            command.Folder,
            "--",
            .. command.Argv,
        ];

    private IEnumerable<string> Namespaces()
    {
        string[] always =
        [
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-net",
            "--unshare-cgroup-try",
            "--new-session",
            "--die-with-parent",
            "--cap-drop",
            "ALL",
        ];
        return version >= new Version(0, 8) ? [.. always, "--disable-userns"] : always;
    }

    private IEnumerable<string> Temporary(string folder) =>
        version >= new Version(0, 7) ? ["--size", TemporarySize, "--tmpfs", folder] : ["--tmpfs", folder];

    /// <summary>A device node on a mount without devices: opening it is refused.</summary>
    /// <remarks>Where an overlay shows nothing there is nothing to cover, and bubblewrap would make an empty file to put the cover
    /// on.</remarks>
    private static IEnumerable<string> Hide(string path, OverlayMount? over) =>
        (over is null ? path : over.Locate(path)) is not { } real ? []
        : Directory.Exists(real) ? ["--tmpfs", path, "--remount-ro", path]
        : ["--ro-bind", "/dev/null", path];

    /// <summary>Bound onto itself a folder cannot be renamed (EBUSY), so a read-only part cannot be carried out of the way with
    /// it.</summary>
    private static IEnumerable<string> Protect(GitFolder git) =>
        ["--bind", git.Path, git.Path, .. git.ReadOnly.SelectMany(part => new[] { "--ro-bind", part, part })];
}

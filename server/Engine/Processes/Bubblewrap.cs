using CliWrap;
using CliWrap.Buffered;

namespace CodexSidecar.Engine.Processes;

/// <summary>The first rung: what bubblewrap is told for one command. https://github.com/containers/bubblewrap</summary>
internal sealed class Bubblewrap(string program, Version version)
{
    private const string TemporarySize = "2147483648";

    public string Program => program;
    public Version Version => version;

    /// <returns>Without a bubblewrap: null and what to do about it.</returns>
    public static async Task<(Bubblewrap? Found, string Problem)> FindAsync(string workspace, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, "there is no sandbox for this operating system yet");
        }
        try
        {
            var path = ChildEnvironment.Build(Environment.GetEnvironmentVariable, workspace, "/tmp", "")["PATH"];
            var file = Executable.Find("bwrap", "/", path);
            var answer = await Cli.Wrap(file).WithArguments("--version").WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
            return Version.TryParse(answer.StandardOutput.Split(' ')[^1].Trim(), out var version)
                ? (new(file, version), "")
                : (null, "bubblewrap does not name its version");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "bubblewrap is not installed (apt install bubblewrap, dnf install bubblewrap, pacman -S bubblewrap)");
        }
    }

    public IReadOnlyList<string> Arguments(string workspace, string folder, IReadOnlyList<string> argv) =>
    [
        .. Namespaces(),
        "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", .. Temporary("/tmp"), .. Temporary("/var/tmp"),
        "--bind", workspace, workspace,
        .. HiddenPaths.Find(Environment.GetEnvironmentVariable).SelectMany(Hide),
        .. GitFolders.Find(workspace).SelectMany(Protect),
        "--chdir", folder, "--", .. argv,
    ];

    private IEnumerable<string> Namespaces()
    {
        string[] always = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--new-session", "--die-with-parent", "--cap-drop", "ALL"];
        return version >= new Version(0, 8) ? [.. always, "--disable-userns"] : always;
    }

    private IEnumerable<string> Temporary(string folder) => version >= new Version(0, 7) ? ["--size", TemporarySize, "--tmpfs", folder] : ["--tmpfs", folder];

    private static IEnumerable<string> Hide(string path) =>
        Directory.Exists(path) ? ["--tmpfs", path, "--remount-ro", path] : ["--ro-bind", "/dev/null", path];

    /// <summary>Bound onto itself a folder cannot be renamed (EBUSY), so a read-only part cannot be carried out of the way with it.</summary>
    private static IEnumerable<string> Protect(GitFolder git) => ["--bind", git.Path, git.Path, .. git.ReadOnly.SelectMany(part => new[] { "--ro-bind", part, part })];
}

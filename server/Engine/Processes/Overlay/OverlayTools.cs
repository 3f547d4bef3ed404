using System.ComponentModel;
using System.Globalization;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>
/// The programs of util-linux that mount an overlay for one command: <c>unshare</c> makes the namespaces and becomes <c>sh</c>, which
/// starts <c>mount</c> and then becomes the command. So the process started is the command's own, with its descriptors.
/// </summary>
/// <param name="IsPrivileged">We may mount without a user namespace; files of every owner can be changed then.</param>
internal sealed record OverlayTools(string Unshare, string Mount, string Shell, bool IsPrivileged)
{
    private const int MountRight = 21; // CAP_SYS_ADMIN
    private const string Options = "lowerdir=lower,upperdir=upper,workdir=work,userxattr";

    /// <summary>The names in the options are relative: it stands in the overlay's own folder. No helper program, no table of mounts
    /// elsewhere. PWD and OLDPWD are the shell's own doing.</summary>
    private const string Mounting =
        $"[ \"$PPID\" = \"$3\" ] && \"$0\" -n -i -t overlay -o {Options} overlay \"$1\" && cd -- \"$2\" && unset PWD OLDPWD";

    /// <summary>
    /// A command dies with the program that started it, but only from the moment in which bubblewrap or the launcher has asked for that.
    /// So once more before them: is the parent still the one it was? https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    /// </summary>
    private const string Parent =
        "read -r stat < /proc/$$/stat && stat=${stat##*) } && stat=${stat#* } && if [ \"${stat%% *}\" != \"$3\" ]; then "
        + "echo 'its program has ended' >&2; exit 1; fi && shift 3";

    private static readonly string Told = $"echo {Launch.Mounted} >&{Launch.MountedDescriptor}";

    /// <summary>For the mount of another than root, who is root in the namespace it is made in.</summary>
    private bool IsMapped => !IsPrivileged;

    /// <returns>Without one of the programs: null and what is missing.</returns>
    public static (OverlayTools? Found, string Problem) Find(Func<string, string?> read, string workspace)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, "this operating system has no overlays");
        }
        try
        {
            var path = ChildEnvironment.Build(read, workspace, null, "")["PATH"];
            return (new(In(path, "unshare"), In(path, "mount"), In(path, "sh"), MayMount()), "");
        }
        catch (Win32Exception missing)
        {
            return (null, $"{missing.Message} (it comes with util-linux)");
        }
    }

    /// <summary>For bubblewrap, which would show commands the user it is started as.</summary>
    public IReadOnlyList<string> Identity =>
        IsMapped && OverlayCalls.User != 0 ? ["--uid", Text(OverlayCalls.User), "--gid", Text(OverlayCalls.Group)] : [];

    /// <summary>The same start, over the overlay.</summary>
    /// <remarks>
    /// bubblewrap makes a user namespace of its own and says by itself whether it came to start the command. For the others a second user
    /// namespace gives the user his own number again and leaves no right over the mount, and the shell says that the mount stands.
    /// </remarks>
    public Launch Around(Launch inner, OverlayMount mount)
    {
        string[] again =
            IsMapped && !inner.IsBubblewrap
                ? [Unshare, "--user", $"--map-user={Text(OverlayCalls.User)}", $"--map-group={Text(OverlayCalls.Group)}", "--"]
                : [];
        string[] words =
        [
            .. IsMapped ? new[] { "--user", "--map-root-user" } : [],
            "--mount",
            "--propagation",
            "private",
            "--",
            Shell,
            "-c",
            inner.IsBubblewrap
                ? $"{Mounting} && {Parent} && exec \"$@\""
                : $"{Mounting} && {Parent} && {Told} && exec {Launch.MountedDescriptor}>&- \"$@\"",
            Mount,
            mount.Workspace,
            inner.Folder,
            Text((uint)Environment.ProcessId),
            .. again,
            inner.Program,
        ];
        return inner with
        {
            Program = Unshare,
            Arguments = [.. words, .. inner.Arguments],
            Folder = mount.Folder,
            OptionsAt = words.Length,
            TellsMount = !inner.IsBubblewrap,
        };
    }

    private static string In(string path, string name) => Executable.Find(name, "/", path);

    /// <summary>The effective capabilities, as the kernel lists them.</summary>
    private static bool MayMount() =>
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rights)
        && (rights >> MountRight & 1) == 1;

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}

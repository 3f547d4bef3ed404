using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Processes;

/// <summary>What a command must not even see: places of secrets, and the sockets of other programs (a read-only view does not stop a
/// connect).</summary>
internal static class HiddenPaths
{
    private static readonly string[] InHome =
    [
        .. WordList.Of(
            """
            .ssh .aws .azure .gnupg .kube .docker .password-store .netrc .npmrc .yarnrc.yml .pypirc .git-credentials .vault-token
            .pgpass .my.cnf .config/gh .config/glab-cli .config/gcloud .config/git/credentials .config/op .config/rclone
            .config/hub .config/containers .local/share/keyrings .local/share/containers .terraform.d .terraformrc
            .cargo/credentials .cargo/credentials.toml .gem/credentials .m2/settings.xml .m2/settings-security.xml
            .gradle/gradle.properties .nuget/NuGet/NuGet.Config .config/NuGet .composer/auth.json .config/composer/auth.json
            .mozilla .thunderbird .config/google-chrome .config/chromium .config/BraveSoftware .config/Code .config/VSCodium
            .config/Cursor .vscode-server/data .claude .codex .gemini .config/codex-sidecar .local/state/codex-sidecar
            .local/share/codex-sidecar .cache/codex-sidecar .bash_history .zsh_history .python_history .node_repl_history
            .psql_history .mysql_history
            """
        ),
    ];

    private static readonly string[] InSystem =
    [
        .. WordList.Of(
            """
            /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/sudoers /etc/sudoers.d /etc/ssl/private /etc/wireguard
            /etc/NetworkManager/system-connections /etc/kubernetes /run/docker.sock /run/containerd /run/podman /run/dbus
            /run/snapd.socket /run/libvirt /run/user /run/secrets /run/credentials /var/run/secrets /var/lib/docker
            /var/lib/containerd
            """
        ),
    ];

    /// <returns>Absolute paths that exist, links resolved: a folder to cover with an empty one, anything else with an empty file.</returns>
    /// <param name="own">A folder of ours that is hidden, too.</param>
    public static IReadOnlyList<string> Find(Func<string, string?> read, string? own = null) =>
        Outermost([.. Secrets(read, own), .. Sockets()]);

    /// <returns>The same without the sockets of other programs.</returns>
    public static IReadOnlyList<string> Secrets(Func<string, string?> read, string? folder = null)
    {
        var home = read("HOME") is { Length: > 1 } user ? InHome.Select(name => Path.Join(user, name)) : [];
        string?[] own =
        [
            folder,
            read("CODEX_SIDECAR_HOME"),
            read("SSH_AUTH_SOCK"),
            read("KUBECONFIG"),
            read("GOOGLE_APPLICATION_CREDENTIALS"),
        ];
        return Outermost(
            home.Concat(InSystem).Concat(own.OfType<string>().Where(Path.IsPathFullyQualified)).Select(Resolve).OfType<string>()
        );
    }

    /// <summary>Inside what is covered there is nothing left to cover, and nowhere to put the cover.</summary>
    private static List<string> Outermost(IEnumerable<string> paths)
    {
        var found = paths.Distinct().ToList();
        var folders = found.Where(Directory.Exists).ToList();
        return [.. found.Where(path => !folders.Exists(covered => path.StartsWith(covered + "/", StringComparison.Ordinal)))];
    }

    /// <summary>The sockets with a name in the file system, as the kernel lists them. Those below the private /tmp are gone
    /// anyway.</summary>
    private static IEnumerable<string> Sockets()
    {
        if (!File.Exists("/proc/net/unix"))
        {
            return [];
        }
        // Num RefCount Protocol Flags Type St Inode Path; the path may hold spaces.
        return File.ReadLines("/proc/net/unix")
            .Skip(1)
            .Select(line => line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts.Length == 8 && parts[7].StartsWith('/'))
            .Select(parts => Resolve(parts[7]))
            .OfType<string>()
            .Where(path => !path.StartsWith("/tmp/", StringComparison.Ordinal) && !path.StartsWith("/var/tmp/", StringComparison.Ordinal))
            .ToList();
    }

    /// <returns>Null when nothing is there, or nothing we could reach either.</returns>
    public static string? Resolve(string path)
    {
        try
        {
            return Path.Exists(path) ? FinalPath(path) : null;
        }
        catch (Exception unreachable) when (unreachable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string FinalPath(string path)
    {
        var parent = Path.GetDirectoryName(path);
        var real = parent is null ? path : Path.Join(FinalPath(parent), Path.GetFileName(path));
        return File.ResolveLinkTarget(real, returnFinalTarget: true) is { } target ? FinalPath(target.FullName) : real;
    }
}

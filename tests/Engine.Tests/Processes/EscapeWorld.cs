using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>
/// A machine around a workspace for one attempt: a home with secrets, files outside, servers, a process of somebody else. Not below /tmp,
/// which
/// is private in a sandbox, so that only the rule under test stands in the way.
/// </summary>
internal sealed class EscapeWorld : IDisposable
{
    public const string Secret = "the-secret-of-this-machine";
    private readonly string outer = Path.Join(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        $".codex-sidecar-escape-{Guid.NewGuid():n}"
    );
    private readonly TcpListener server = new(IPAddress.IPv6Any, 0);
    private readonly Socket datagrams = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
    private readonly Socket named = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket nameless = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Process victim;
    private readonly bool isWhole;
    private readonly string before;

    /// <param name="isWhole">Nothing at all may change in the workspace.</param>
    public EscapeWorld(bool isWhole = false)
    {
        this.isWhole = isWhole;
        Home = Folder("home");
        Workspace = Folder("workspace");
        Outside = Folder("outside");
        Write(Home, ".ssh/id_rsa", Secret);
        Write(Home, ".aws/credentials", Secret);
        Write(Home, ".config/gh/hosts.yml", Secret);
        Write(Home, ".bashrc", "# mine\n");
        Write(Outside, "file", "original\n");
        Write(Outside, "folder/file", "original\n");
        Write(Workspace, "source.txt", "text\n");
        Repository(Path.Join(Workspace, ".git"));
        Directory.CreateDirectory(Path.Join(Workspace, ".git", "hooks"));
        Repository(Path.Join(Workspace, "vendor", "lib", ".git"));
        Repository(Path.Join(Workspace, "bare"));
        Write(Workspace, "tree/.git", "gitdir: ../bare\n");
        Directory.CreateSymbolicLink(Path.Join(Workspace, "link"), Outside);
        server.Server.DualMode = true;
        server.Start();
        datagrams.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        named.Bind(new UnixDomainSocketEndPoint(SocketPath));
        named.Listen();
        nameless.Bind(new UnixDomainSocketEndPoint("\0" + SocketName));
        nameless.Listen();
        var start = new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["VICTIM"] = Secret;
        victim = Process.Start(start)!;
        before = Fingerprint();
    }

    public string Home { get; }
    public string Workspace { get; }
    public string Outside { get; }

    /// <summary>For overlays; not there unless one is made.</summary>
    public string Changes => Path.Join(outer, "changes");
    public string SocketPath => Path.Join(Outside, "s");
    public string SocketName { get; } = $"codex-sidecar-escape-{Guid.NewGuid():n}";
    public int VictimId => victim.Id;
    public int TcpPort => ((IPEndPoint)server.LocalEndpoint).Port;
    public int UdpPort => ((IPEndPoint)datagrams.LocalEndPoint!).Port;

    /// <summary>Names that a command line of an attempt carries, to find its processes by.</summary>
    public string Mark { get; } =
        RandomNumberGenerator.GetInt32(100_000_000, 999_999_999).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public string? Read(string name) =>
        name switch
        {
            "HOME" => Home,
            _ => Environment.GetEnvironmentVariable(name),
        };

    /// <summary>The words that stand for this world in a script.</summary>
    public string Fill(string text) =>
        text.Replace("$OUT", Outside, StringComparison.Ordinal)
            .Replace("$CHANGES", Changes, StringComparison.Ordinal)
            .Replace("$WORKSPACE", Workspace, StringComparison.Ordinal)
            .Replace("$VICTIM", $"{VictimId}", StringComparison.Ordinal)
            .Replace("$MARK", Mark, StringComparison.Ordinal)
            .Replace("$TCP", $"{TcpPort}", StringComparison.Ordinal)
            .Replace("$UDP", $"{UdpPort}", StringComparison.Ordinal)
            .Replace("$ABSTRACT", "@" + SocketName, StringComparison.Ordinal)
            .Replace("$SOCKET", SocketPath, StringComparison.Ordinal)
            .Replace("$HOST", HostAddress(), StringComparison.Ordinal);

    /// <returns>What the attempt brought about, seen from the machine; empty: nothing.</returns>
    public IReadOnlyList<string> Damage(string output)
    {
        List<string> found = [];
        Note(Fingerprint() != before, "files outside or what git runs have changed");
        Note(output.Contains(Secret, StringComparison.Ordinal), "a secret was read");
        Note(output.Contains("ESCAPED", StringComparison.Ordinal), "the attempt says that it worked");
        Note(
            server.Pending() || datagrams.Available > 0 || named.Poll(0, SelectMode.SelectRead) || nameless.Poll(0, SelectMode.SelectRead),
            "a server of this machine was reached"
        );
        Note(!VictimAnswers(), "somebody else's process was killed or stopped");
        Note(Running.FindAlive(Mark).Count > 0, "a process is still alive");
        return found;

        void Note(bool happened, string what)
        {
            if (happened)
            {
                found.Add(what);
            }
        }
    }

    public void Dispose()
    {
        victim.Kill();
        victim.Dispose();
        server.Dispose();
        datagrams.Dispose();
        named.Dispose();
        nameless.Dispose();
        foreach (var pid in Running.FindAlive(Mark))
        {
            Libc.Signal(pid, Libc.Kill);
        }
        if (Directory.Exists(Changes))
        {
            OverlayMount.Make(Workspace, Changes).RemoveAsync().GetAwaiter().GetResult();
        }
        Directory.Delete(outer, recursive: true);
    }

    /// <summary>A process with a signal to die may still be listed for a moment, but it says nothing more.</summary>
    private bool VictimAnswers()
    {
        try
        {
            victim.StandardInput.WriteLine(Mark);
            victim.StandardInput.Flush();
            var answer = victim.StandardOutput.ReadLineAsync();
            return answer.Wait(TimeSpan.FromSeconds(30)) && answer.Result == Mark;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Everything outside, and of the workspace what git would run: names, kinds, modes, times, contents.</summary>
    private string Fingerprint()
    {
        string[] system = ["/etc/passwd", "/etc/hosts", "/etc/cron.d", "/usr/local/bin"];
        var lines = (isWhole ? new[] { Home, Outside, Workspace } : [Home, Outside])
            .SelectMany(Below)
            .Concat(system)
            .Select(Describe)
            .Concat(GitParts().Select(path => $"{path} {new FileInfo(path).LinkTarget} {Content(path)}"));
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    private IEnumerable<string> GitParts() =>
        Below(Workspace)
            .Where(path =>
                path[Workspace.Length..] is var name
                && !name.Contains(".set-aside-", StringComparison.Ordinal)
                && (name.Contains("/.git", StringComparison.Ordinal) || name.StartsWith("/bare/", StringComparison.Ordinal))
                && (
                    name.Contains("/hooks", StringComparison.Ordinal)
                    || name.EndsWith("/config", StringComparison.Ordinal)
                    || name.EndsWith("/config.worktree", StringComparison.Ordinal)
                    || name.EndsWith("/commondir", StringComparison.Ordinal)
                    || (
                        name.EndsWith("/.git", StringComparison.Ordinal)
                        && new FileInfo(path) is var mark
                        && (mark.Exists || mark.LinkTarget is not null)
                    )
                )
            );

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });

    private static string Describe(string path) =>
        new FileInfo(path) is var file && Directory.Exists(path)
            ? $"{path} folder {file.UnixFileMode} {Directory.GetLastWriteTimeUtc(path):O}"
            : $"{path} {file.LinkTarget} {file.UnixFileMode} {file.LastWriteTimeUtc:O} {Content(path)}";

    private static string Content(string path) =>
        File.Exists(path) && new FileInfo(path) is { LinkTarget: null, Length: > 0 and < 1 << 20 } ? File.ReadAllText(path) : "";

    private string Folder(string name) => Directory.CreateDirectory(Path.Join(outer, name)).FullName;

    private static void Repository(string folder)
    {
        Write(folder, "HEAD", "ref: refs/heads/main\n");
        Write(folder, "config", "[core]\n\trepositoryformatversion = 0\n");
        Directory.CreateDirectory(Path.Join(folder, "objects"));
        Directory.CreateDirectory(Path.Join(folder, "refs"));
    }

    private static void Write(string folder, string name, string text)
    {
        var path = Path.Join(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>An address of this machine that is not loopback; loopback where there is none.</summary>
    private static string HostAddress() =>
        Dns.GetHostAddresses(Dns.GetHostName())
            .FirstOrDefault(address => !IPAddress.IsLoopback(address) && address.AddressFamily is AddressFamily.InterNetwork)
            ?.ToString()
        ?? "127.0.0.1";
}

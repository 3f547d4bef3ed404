using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>A workspace below, an empty upper folder over it, our view of the two, and the kernel's own for a shell.</summary>
internal sealed class LayersBench : IDisposable
{
    private const string Mount = """
        mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,userxattr" "$4" && cd "$4"
        """;

    /// <summary>Fields and entries end with a zero; an empty path ends the list, and the hashes of the files follow it.</summary>
    private const string Dump = """
        find . -mindepth 1 -name '.codex-sidecar-*' -prune -o -printf '%P\0%y\0%m\0%l\0'
        printf '\0\0\0\0'
        find . -name '.codex-sidecar-*' -prune -o -type f -print0 | xargs -0r sha1sum -z
        """;

    private static readonly Lazy<bool> hasOverlay = new(() =>
    {
        using var bench = new LayersBench();
        try
        {
            return bench.Start(Mount).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no unshare
        }
    });

    public LayersBench()
    {
        foreach (var name in new[] { "upper", "work", "mount" })
        {
            Directory.CreateDirectory(Beside(name));
        }
        View = WorkspaceRoot.Open(Layers = OpenLayers());
    }

    /// <summary>The workspace.</summary>
    public TreeFolder Lower { get; } = new();

    public string Upper => Beside("upper");

    public LayeredJail Layers { get; }

    public WorkspaceRoot View { get; }

    public static void NeedsOverlay() => Assert.SkipUnless(hasOverlay.Value, "needs overlayfs in a user namespace");

    public LayeredJail OpenLayers() => LayeredJail.TryOpen(Lower.Path, Upper)!;

    public string InUpper(string name) => Path.Join(Upper, name);

    public string Read(string path) => Encoding.UTF8.GetString(View.Read(path.Disk(), 1 << 20));

    /// <summary>As a command of a run does it: in the kernel's overlay, which is there only for so long.</summary>
    public string Shell(string script) => Start($"{Mount} || exit 99\n{script}").Output;

    /// <summary>By the paths: kind, mode, target and hash of each entry, as the kernel shows it after the script.</summary>
    public SortedDictionary<string, string> OfKernel(string script = "")
    {
        SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
        var fields = Shell($"( exec >/dev/null 2>&1\n{script}\n)\n{Dump}").Split('\0');
        var at = 0;
        for (; fields[at].Length > 0; at += 4)
        {
            entries[fields[at]] = $"{fields[at + 1]} {(fields[at + 1] == "l" ? "" : fields[at + 2])} {fields[at + 3]}";
        }
        foreach (var line in fields[(at + 4)..].Where(line => line.Length > 0))
        {
            var path = line[(line.IndexOf("./", StringComparison.Ordinal) + 2)..];
            entries[path] += " " + line[..40];
        }
        return entries;
    }

    /// <summary>The same as a root of ours shows it.</summary>
    public static SortedDictionary<string, string> OfView(WorkspaceRoot root)
    {
        SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
        foreach (var fact in root.WalkAll(new(Git: false, Codex: false), TestContext.Current.CancellationToken))
        {
            var mode = fact.Kind is EntryKind.Link ? "" : Convert.ToString((int)fact.Mode, 8);
            var text = $"{KindOf(fact)} {mode} {fact.LinkTarget}";
            if (fact.Kind is EntryKind.File)
            {
                using var file = root.OpenRead(fact.Path);
                text += " " + Convert.ToHexStringLower(SHA1.HashData(file));
            }
            entries[fact.Path.Value] = text;
        }
        return entries;
    }

    /// <summary>Whatever could show that somebody was at the workspace.</summary>
    public string LowerState() =>
        Lower.Run("sh", ["-c", "find . -printf '%P %y %m %U %n %s %T@ %C@ %l\\n' | LC_ALL=C sort; find . -type f -exec sha1sum {} +"]);

    /// <summary>What is under staged names in the upper folder.</summary>
    public string[] Staged() => Directory.GetFileSystemEntries(Upper, ".codex-sidecar-*", SearchOption.AllDirectories);

    public void Dispose()
    {
        View.Dispose();
        Lower.Dispose();
    }

    private static char KindOf(FileFact fact) =>
        fact.Kind switch
        {
            EntryKind.File => 'f',
            EntryKind.Folder => 'd',
            EntryKind.Link => 'l',
            _ => 's',
        };

    private string Beside(string name) => Path.Join(Path.GetDirectoryName(Lower.Path)!, name);

    private (int Code, string Output) Start(string script)
    {
        var start = new ProcessStartInfo("unshare", ["-Urm", "sh", "-c", script, "sh", Lower.Path, Upper, Beside("work"), Beside("mount")])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 99 ? throw new InvalidOperationException(errors.Result) : output);
    }
}

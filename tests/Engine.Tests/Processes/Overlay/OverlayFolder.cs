using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>A workspace and a folder for its overlay, in the user's home: a sandbox has a /tmp of its own.</summary>
internal sealed class OverlayFolder : IDisposable
{
    private readonly string outer = Path.Join(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        $".codex-sidecar-overlay-{Guid.NewGuid():n}"
    );

    public OverlayFolder(string name = "workspace")
    {
        Workspace = Directory.CreateDirectory(Path.Join(outer, name)).FullName;
        Write("src/add.c", "int add(int a, int b) { return a + b; }\n");
        Write("src/run.sh", "#!/bin/sh\necho ran\n");
        FileModes.Set(Path.Join(Workspace, "src/run.sh"), (UnixFileMode)0b111_101_000);
        Write(".env", "NAME=value\n");
        Write("notes/today.md", "remember\n");
        File.CreateSymbolicLink(Path.Join(Workspace, "latest"), "notes/today.md");
        FileModes.Set(Path.Join(Workspace, "notes/today.md"), UnixFileMode.UserRead);
    }

    public string Workspace { get; }

    public string Changes => Path.Join(outer, "changes");

    public OverlayMount Mount => OverlayMount.Make(Workspace, Changes);

    public void Write(string name, string text)
    {
        var path = Path.Join(Workspace, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>A repository with two commits and a hard link in the work tree.</summary>
    public async Task CommitAsync()
    {
        var made = await Running.ShellAsync(
            Sandbox.WithoutAny(Workspace, "for the test"),
            Workspace,
            "git init -q && git config user.name me && git config user.email me@example.com && printf '.env\\nnotes/\\n' > .gitignore && "
                + "git add . && git commit -qm one && echo more >> src/add.c && git commit -qam two && ln src/add.c second "
                + "&& git branch old"
        );
        Assert.True(made.ExitCode == 0, made.Output);
    }

    /// <summary>Every entry with kind, mode, owner, size, times of writing and of change, inode, link and bytes: nothing of it may
    /// differ.</summary>
    public string Fingerprint() =>
        string.Join(
            '\n',
            Directory
                .EnumerateFileSystemEntries(Workspace, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Append(Workspace)
                .Order(StringComparer.Ordinal)
                .Select(Describe)
        );

    public Task<Sandbox> OverAsync(string backend) => OverlayBackends.NeedAsync(backend, Mount);

    public async Task<CommandResult> ShellAsync(string backend, string script) =>
        await Running.ShellAsync(await OverAsync(backend), Workspace, script);

    public void Dispose()
    {
        Mount.RemoveAsync().GetAwaiter().GetResult();
        Directory.Delete(outer, recursive: true);
    }

    private static string Describe(string path)
    {
        var facts = OverlayCalls.Look(path)!.Value;
        var fact = facts.ToFact(WorkspacePath.Root, new FileInfo(path).LinkTarget);
        var content = facts.Kind is EntryKind.File ? Convert.ToHexString(File.ReadAllBytes(path)) : "";
        return $"{path} {facts.User} {facts.Group} {facts.Links} {fact} {content}";
    }
}

using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class LinuxReadingSpecs() : ReadingSpecs(folder => LinuxJail.TryOpen(folder)!)
{
    [Fact]
    public void A_device_is_not_read()
    {
        Needs.Root();
        using var tree = new TreeFolder();
        using var root = WorkspaceRoot.Open(tree.Path);
        tree.Shell("mknod device c 1 5");

        Assert.Equal("kind", Asking.CodeOf(() => root.Read("device".Disk(), 100)));
        Assert.Equal(EntryKind.Special, root.Look("device".Disk())!.Kind);
    }
}

public sealed class PlainReadingSpecs() : ReadingSpecs(folder => new PlainJail(folder));

/// <summary>Looking, listing and reading, for each of the two jails.</summary>
public abstract class ReadingSpecs : IDisposable
{
    private readonly TreeFolder tree = new();
    private readonly WorkspaceRoot root;

    private protected ReadingSpecs(Func<string, Jail> open) => root = WorkspaceRoot.Open(open(tree.Path));

    public void Dispose()
    {
        root.Dispose();
        tree.Dispose();
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_opened() =>
        Assert.Throws<DirectoryNotFoundException>(() => WorkspaceRoot.Open(tree.At("nowhere")));

    [Fact]
    public void The_root_is_named_without_links()
    {
        File.CreateSymbolicLink(Path.Join(tree.Outside, "alias"), tree.Path);

        using var alias = WorkspaceRoot.Open(Path.Join(tree.Outside, "alias"));

        Assert.Equal(tree.Path, alias.Folder);
        Assert.Equal(tree.Path, root.Folder);
    }

    [Fact]
    public void Bytes_are_read_as_they_are()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "a\r\nb\rc\n"u8, 0, 0xFF, 0x1A];
        tree.Write("dir/mixed", bytes);

        Assert.Equal(bytes, root.Read(WorkspacePath.Parse("dir/mixed"), 100));
        using var stream = root.OpenRead(WorkspacePath.Parse("dir/mixed"));
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public void Facts_are_told_without_opening()
    {
        tree.Write("a.sh", "12345");
        tree.Shell("chmod 500 a.sh");
        tree.Link("link", "a.sh");
        Directory.CreateDirectory(tree.At("dir"));

        var fact = root.Look("a.sh".Disk())!;

        Assert.Equal(
            (EntryKind.File, 5L, (UnixFileMode)0b101_000_000, File.GetLastWriteTimeUtc(tree.At("a.sh"))),
            (fact.Kind, fact.Size, fact.Mode, fact.Changed.UtcDateTime)
        );
        Assert.Equal((EntryKind.Link, "a.sh"), (root.Look("link".Disk())!.Kind, root.Look("link".Disk())!.LinkTarget));
        Assert.Equal(EntryKind.Folder, root.Look("dir".Disk())!.Kind);
        Assert.Equal(EntryKind.Folder, root.Look(WorkspacePath.Root)!.Kind);
        Assert.Null(root.Look("nothing".Disk()));
        Assert.Null(root.Look("nothing/below".Disk()));
        Assert.Null(root.Look("a.sh/below".Disk()));
    }

    [Fact]
    public void The_identity_tells_that_another_file_took_the_name()
    {
        tree.Write("a", "1");
        var before = root.Look("a".Disk())!.Identity;
        tree.Write("b", "2");
        // Linux counts the times of files in ticks of some milliseconds; where there is no inode to look at, both would have the same.
        File.SetLastWriteTimeUtc(tree.At("b"), File.GetLastWriteTimeUtc(tree.At("a")).AddSeconds(1));
        File.Move(tree.At("b"), tree.At("a"), overwrite: true);

        Assert.NotEqual(before, root.Look("a".Disk())!.Identity);
    }

    [Fact]
    public void A_link_inside_is_followed()
    {
        tree.Write("dir/a", "inside");
        tree.Link("other/link", "../dir/a");
        tree.Link("folder", "dir");

        Assert.Equal("inside"u8, root.Read("other/link".Disk(), 100));
        Assert.Equal("inside"u8, root.Read("folder/a".Disk(), 100));
        Assert.Equal(["folder/a"], root.List("folder".Disk()).Names());
        Assert.Equal("dir/a", root.Resolve("other/link".Disk()).Value);
        Assert.Equal("dir/a", root.Resolve("folder/a".Disk()).Value);
    }

    [Fact]
    public void A_link_that_leads_outside_is_refused()
    {
        tree.Link("up", "../outside/secret");
        tree.Link("away", tree.Outside);
        tree.Link("chain", "up");
        tree.Link("round", "round");
        tree.Link("magic", "/proc/self/root/etc/passwd");

        foreach (var path in new[] { "up", "away", "away/secret", "chain", "round", "magic" })
        {
            Assert.Equal("path", Asking.CodeOf(() => root.Read(path.Disk(), 100)));
            Assert.Equal("path", Asking.CodeOf(() => root.Resolve(path.Disk())));
        }
        Assert.Equal("path", Asking.CodeOf(() => root.Look("away/secret".Disk())));
        Assert.Equal("path", Asking.CodeOf(() => root.List("away".Disk())));
    }

    [Fact]
    public void A_link_swapped_in_after_a_check_changes_nothing()
    {
        tree.Write("dir/secret", "inside");
        Assert.NotNull(root.Look("dir/secret".Disk()));

        Directory.Move(tree.At("dir"), tree.At("moved"));
        tree.Link("dir", "../outside");

        Assert.Equal("path", Asking.CodeOf(() => root.Read("dir/secret".Disk(), 100)));
    }

    [Fact(Timeout = 10_000)]
    public async Task Only_regular_files_are_read_and_nothing_waits()
    {
        tree.Shell("mkfifo pipe");
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(tree.At("socket")));
        Directory.CreateDirectory(tree.At("dir"));

        await Task.Run(
            () =>
            {
                Assert.Equal("kind", Asking.CodeOf(() => root.Read("pipe".Disk(), 100)));
                Assert.Equal("kind", Asking.CodeOf(() => root.OpenRead("pipe".Disk())));
                Assert.Equal("kind", Asking.CodeOf(() => root.Read("socket".Disk(), 100)));
                Assert.Equal("kind", Asking.CodeOf(() => root.Read("dir".Disk(), 100)));
            },
            TestContext.Current.CancellationToken
        );
        Assert.DoesNotContain(root.Walk(WorkspacePath.Root, TestContext.Current.CancellationToken), fact => fact.Kind is EntryKind.Special);
    }

    [Fact]
    public void A_sparse_monster_is_refused_by_its_size()
    {
        using (var file = File.OpenHandle(tree.At("huge"), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(file, 10L << 30);
        }

        Assert.Equal("size", Asking.CodeOf(() => root.Read("huge".Disk(), 1 << 20)));
        Assert.Equal(10L << 30, root.Look("huge".Disk())!.Size);
    }

    [Fact]
    public void The_limit_is_the_largest_size_that_is_read()
    {
        tree.Write("a", "1234");

        Assert.Equal(4, root.Read("a".Disk(), 4).Length);
        Assert.Equal("size", Asking.CodeOf(() => root.Read("a".Disk(), 3)));
        Assert.Equal("missing", Asking.CodeOf(() => root.Read("b".Disk(), 3)));
    }

    [Fact]
    public void Odd_names_are_listed_as_they_are_and_shown_without_their_controls()
    {
        tree.Write("line\nbreak", "1");
        tree.Write("\u001b[31mred", "2");

        Assert.Equal(["\u001b[31mred", "line\nbreak"], root.List(WorkspacePath.Root).Names());
        Assert.Equal("1"u8, root.Read("line\nbreak".Disk(), 10));
        Assert.DoesNotContain(Assert.Throws<WorkspaceException>(() => root.Read("\u001b[31mred".Disk(), 0)).Message, char.IsControl);
    }
}

using System.Text;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>What is told of the entries of two layers, and what becomes of them in the upper one.</summary>
public sealed class LayeredFolderSpecs : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly LayersBench bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Fact]
    public void The_identity_tells_that_a_file_was_changed_or_came_into_the_upper_layer()
    {
        bench.Lower.Write("a", "1");
        bench.Lower.Write("b", "1");
        var (a, b) = (Look("a"), Look("b"));
        Assert.Equal(a, Look("a"));

        bench.View.Apply([new(a.Path, WorkspaceRoot.Hash("1"u8), "2"u8.ToArray())]);
        bench.View.Run([new SetMode(b.Path, Private)]);

        Assert.NotEqual(a.Identity, Look("a").Identity);
        Assert.NotEqual(b.Identity, Look("b").Identity);
        Assert.Equal((b.Changed, b.Size, Private), (Look("b").Changed, Look("b").Size, Look("b").Mode));
        Assert.NotEqual(Private, FileModes.Get(bench.Lower.At("b")));
    }

    [Fact]
    public void A_change_of_the_workspace_is_seen_until_the_upper_layer_has_its_own()
    {
        bench.Lower.Write("a", "1");
        bench.Lower.Write("b", "1");
        bench.View.Apply([new("b".Disk(), WorkspaceRoot.Hash("1"u8), "2"u8.ToArray())]);
        var before = Look("a");

        bench.Lower.Write("a", "user");
        bench.Lower.Write("b", "user");
        bench.Lower.Write("new", "user");

        Assert.Equal(("user", "2", "user"), (bench.Read("a"), bench.Read("b"), bench.Read("new")));
        Assert.NotEqual(before.Identity, Look("a").Identity);
    }

    [Fact]
    public void A_folder_that_comes_into_the_upper_layer_keeps_its_mode_and_time()
    {
        bench.Lower.Write("dir/deep/a", "1");
        bench.Lower.Shell("chmod 2750 dir; chmod 701 dir/deep; touch -d 2001-02-03T04:05:06.123456789 dir/deep; touch -d 2002-02-03 dir");
        var (dir, deep) = (Look("dir"), Look("dir/deep"));

        bench.View.Run([new SetMode("dir/deep/a".Disk(), Private)]);

        Assert.Equal((dir.Mode, dir.Changed), (Look("dir").Mode, Look("dir").Changed));
        Assert.Equal((deep.Mode, deep.Changed), (Look("dir/deep").Mode, Look("dir/deep").Changed));
        Assert.NotEqual(deep.Identity, Look("dir/deep").Identity);
        Assert.Equal("1", bench.Read("dir/deep/a"));
    }

    [Fact]
    public void Owner_and_mode_of_a_lower_file_are_kept()
    {
        Needs.Root();
        bench.Lower.Write("dir/run.sh", "1");
        bench.Lower.Write("dir/mode", "1");
        bench.Lower.Shell("chmod 4751 dir/run.sh; chown 1234:2345 dir/mode; chown 1234:2345 dir/run.sh dir; chmod 4751 dir/run.sh");

        bench.View.Apply([new("dir/run.sh".Disk(), WorkspaceRoot.Hash("1"u8), "2"u8.ToArray())]);
        bench.View.Run([new SetMode("dir/mode".Disk(), Private)]);

        Assert.Equal((UnixFileMode)0b100_111_101_001, Look("dir/run.sh").Mode);
        Assert.Equal(
            "1234:2345 1234:2345 1234:2345",
            bench.Lower.Run("sh", ["-c", $"cd '{bench.Upper}'; echo $(stat -c %u:%g dir dir/run.sh dir/mode)"]).Trim()
        );
    }

    [Fact]
    public void A_read_only_file_is_refused_in_either_layer()
    {
        bench.Lower.Write("a", "1");
        bench.Lower.Write("b", "1");
        bench.Lower.Shell("chmod 444 a");
        bench.View.Run([new SetMode("b".Disk(), (UnixFileMode)0b100_100_100)]);

        foreach (var name in new[] { "a", "b" })
        {
            FileWrite write = new(name.Disk(), WorkspaceRoot.Hash("1"u8), "2"u8.ToArray());
            Assert.Equal("io", Asking.CodeOf(() => bench.View.Apply([write])));
            Assert.Equal("io", Asking.CodeOf(() => bench.View.Apply([write with { Bytes = null }])));
            Assert.Equal("1", bench.Read(name));
        }
    }

    [Fact]
    public void Below_a_read_only_folder_is_written_and_in_it_is_not()
    {
        Needs.OrdinaryUser();
        bench.Lower.Write("closed/open/a", "1");
        bench.Lower.Write("closed/other/b", "1");
        bench.Lower.Write("closed/c", "1");
        bench.Lower.Shell("chmod 555 closed");

        bench.View.Apply([new("closed/open/a".Disk(), WorkspaceRoot.Hash("1"u8), "2"u8.ToArray())]);
        bench.View.Apply([new("closed/other/b".Disk(), WorkspaceRoot.Hash("1"u8), null)]);

        Assert.Equal("io", Asking.CodeOf(() => bench.View.Apply([new("closed/new".Disk(), null, [])])));
        Assert.Equal("io", Asking.CodeOf(() => bench.View.Apply([new("closed/c".Disk(), WorkspaceRoot.Hash("1"u8), [])])));
        Assert.Equal((UnixFileMode)0b101_101_101, Look("closed").Mode);
        Assert.Equal(["closed/c", "closed/open/a"], bench.View.Walk(WorkspacePath.Root, Token).Names());
        Assert.False(bench.View.MayWrite("closed".Disk()));
    }

    [Fact]
    public void An_empty_folder_that_is_closed_is_removed_with_its_marks()
    {
        bench.Lower.Write("dir/a", "1");
        bench.View.Apply([new("dir/a".Disk(), WorkspaceRoot.Hash("1"u8), null)]);
        bench.View.Run([new SetMode("dir".Disk(), (UnixFileMode)0b101_101_101)]);

        bench.View.Run([new RemoveFolder("dir".Disk())]);

        Assert.Empty(bench.View.List(WorkspacePath.Root));
        Assert.Equal([bench.InUpper("dir")], Directory.GetFileSystemEntries(bench.Upper, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_folder_with_something_of_either_layer_in_it_is_not_removed()
    {
        bench.Lower.Write("dir/a", "1");
        bench.Lower.Write("both/a", "1");
        bench.View.Apply([new("both/a".Disk(), WorkspaceRoot.Hash("1"u8), null), new("both/b".Disk(), null, [])]);

        bench.View.Run([new RemoveFolder("dir".Disk()), new RemoveFolder("both".Disk())]);

        Assert.Equal(["both/b", "dir/a"], bench.View.Walk(WorkspacePath.Root, Token).Names());
    }

    [Fact]
    public void What_lies_in_a_lower_folder_does_not_show_in_one_that_was_made_again()
    {
        bench.Lower.Write("dir/sub/deep/a", "1");
        bench.View.Run([.. bench.View.RemoveTree(Look("dir"))]);
        bench.View.Run([new MakeFolder("dir".Disk())]);

        Assert.Empty(bench.View.List("dir".Disk()));
        foreach (var path in new[] { "dir/sub", "dir/sub/deep" })
        {
            Assert.Equal("missing", Asking.CodeOf(() => bench.View.List(path.Disk())));
            Assert.Null(bench.View.Look(path.Disk()));
        }
        bench.View.Apply([new("dir/sub/b".Disk(), null, "2"u8.ToArray())]);
        Assert.Equal(["dir/sub/b"], bench.View.Walk(WorkspacePath.Root, Token).Names());
        Assert.Equal("missing", Asking.CodeOf(() => bench.Read("dir/sub/deep/a")));
    }

    [Fact]
    public void Names_of_both_layers_come_in_ordinal_order_and_each_once()
    {
        foreach (var name in new[] { "b/x", "b-c", "b.c", "gone", "a", "changed" })
        {
            bench.Lower.Write(name, "");
        }
        bench.View.Apply([
            new("b0".Disk(), null, []),
            new("b/a".Disk(), null, []),
            new("b/z/deep".Disk(), null, []),
            new("B".Disk(), null, []),
            new("gone".Disk(), WorkspaceRoot.Hash([]), null),
            new("changed".Disk(), WorkspaceRoot.Hash([]), "new"u8.ToArray()),
        ]);
        string[] all = ["B", "a", "b-c", "b.c", "b/a", "b/x", "b/z/deep", "b0", "changed"];

        Assert.Equal(all, bench.View.Walk(WorkspacePath.Root, Token).Names());
        Assert.Equal(all, bench.View.Files(Token));
        Assert.Equal(["B", "a", "b", "b-c", "b.c", "b0", "changed"], bench.View.List(WorkspacePath.Root).Names());
        Assert.Equal(["b/a", "b/x", "b/z"], bench.View.List("b".Disk()).Names());
        Assert.Equal(["b/a", "b/x", "b/z/deep"], bench.View.Files("b".Disk(), Token).Select(path => path.Value));
    }

    [Fact]
    public void The_ignore_files_that_show_decide()
    {
        bench.Lower.Write(".gitignore", "*.log\n");
        bench.Lower.Write("sub/.gitignore", "kept\n");
        bench.Lower.Write("sub/kept", "");
        bench.Lower.Write("a.log", "");
        bench.Lower.Write("a.tmp", "");
        Assert.Equal([".gitignore", "a.tmp", "sub/.gitignore"], bench.View.Walk(WorkspacePath.Root, Token).Names());

        bench.View.Apply([
            new(".gitignore".Disk(), WorkspaceRoot.Hash("*.log\n"u8), "*.tmp\n"u8.ToArray()),
            new("sub/.gitignore".Disk(), WorkspaceRoot.Hash("kept\n"u8), null),
        ]);

        Assert.Equal([".gitignore", "a.log", "sub/kept"], bench.View.Walk(WorkspacePath.Root, Token).Names());
        Assert.True(bench.View.IsIgnored("a.tmp".Disk()));
        Assert.False(bench.View.IsIgnored("sub/kept".Disk()));
    }

    [Fact]
    public void A_whiteout_is_understood_in_either_form_and_layer()
    {
        bench.Lower.Write("dir/a", "1");
        bench.Lower.Write("dir/b", "1");
        bench.Lower.Write("gone", "1");
        using (var lower = LinuxCalls.OpenRoot(bench.Lower.Path))
        using (var upper = LinuxCalls.OpenRoot(bench.Upper))
        {
            LinuxCalls.MakeWhiteout(lower, "hidden");
            LinuxCalls.MakeWhiteout(upper, "gone");
        }
        Directory.CreateDirectory(bench.InUpper("dir"));
        File.WriteAllText(bench.InUpper("dir/a"), "");
        File.WriteAllText(bench.InUpper("dir/empty"), "");
        using (var marked = File.OpenHandle(bench.InUpper("dir/a"), FileMode.Open, FileAccess.ReadWrite))
        using (var folder = LinuxCalls.OpenRoot(bench.InUpper("dir")))
        {
            LinuxCalls.SetAttribute(marked, "user.overlay.whiteout", (byte)'y');
            LinuxCalls.SetAttribute(folder, "user.overlay.opaque", (byte)'x');
        }

        Assert.Equal(["dir"], bench.View.List(WorkspacePath.Root).Names());
        Assert.Equal(["dir/b", "dir/empty"], bench.View.Walk(WorkspacePath.Root, Token).Names());
        foreach (var path in new[] { "dir/a", "gone", "hidden" })
        {
            Assert.Null(bench.View.Look(path.Disk()));
            Assert.Equal("missing", Asking.CodeOf(() => bench.View.Read(path.Disk(), 10)));
        }
        bench.View.Apply([new("dir/a".Disk(), null, "again"u8.ToArray()), new("gone".Disk(), null, "again"u8.ToArray())]);
        Assert.Equal(("again", "again"), (bench.Read("dir/a"), bench.Read("gone")));
    }

    [Fact]
    public void Names_that_are_no_text_are_told_apart_by_their_bytes()
    {
        LayersBench.NeedsOverlay();
        bench.Lower.Shell("mkdir dir; : > dir/$(printf 'a\\377'); : > dir/$(printf 'a\\376')");
        bench.Shell("rm dir/$(printf 'a\\376')");
        Assert.Equal(["dir/a\uFFFD"], Skipped());

        bench.View.Run([new RemoveFolder("dir".Disk())]);
        Assert.NotNull(bench.View.Look("dir".Disk()));

        bench.Shell("rm dir/$(printf 'a\\377')");
        Assert.Empty(Skipped());
        bench.View.Run([new RemoveFolder("dir".Disk())]);
        Assert.Empty(bench.View.List(WorkspacePath.Root));
        Assert.Empty(bench.Staged());
    }

    [Fact]
    public void A_hard_link_of_the_workspace_keeps_its_bytes()
    {
        bench.Lower.Write("a", "1");
        bench.Lower.Shell("ln a dir; ln a other");
        var before = bench.LowerState();

        bench.View.Apply([new("a".Disk(), WorkspaceRoot.Hash("1"u8), "2"u8.ToArray()), new("dir".Disk(), WorkspaceRoot.Hash("1"u8), null)]);

        Assert.Equal(("2", "1"), (bench.Read("a"), bench.Read("other")));
        Assert.Null(bench.View.Look("dir".Disk()));
        Assert.Equal(before, bench.LowerState());
    }

    [Fact]
    public void The_disk_use_of_the_upper_layer_is_counted_up_to_a_limit()
    {
        bench.Lower.Write("big", new byte[1 << 20]);
        Assert.InRange(bench.Layers.UpperBytes(long.MaxValue, Token), 0, 1 << 16);

        bench.View.Apply([new("dir/a".Disk(), null, new byte[300_000]), new(".git-not/b".Disk(), null, new byte[300_000])]);
        File.CreateSymbolicLink(bench.InUpper("link"), "/");
        bench.Lower.Shell(
            $"ln '{bench.InUpper("dir/a")}' '{bench.InUpper("dir/again")}'; mkdir -p '{bench.Upper}'/$(printf '\\377'); "
                + $"head -c 300000 /dev/zero > '{bench.Upper}'/$(printf '\\377')/c"
        );

        Assert.InRange(bench.Layers.UpperBytes(long.MaxValue, Token), 900_000, 1_000_000);
        Assert.InRange(bench.Layers.UpperBytes(1, Token), 1, 900_000);
    }

    [Fact]
    public void Layers_need_jails_of_open_descriptors()
    {
        using var lower = LinuxJail.TryOpen(bench.Lower.Path)!;
        Assert.Throws<ArgumentException>(() => new LayeredJail(lower, new PlainJail(bench.Upper)));
        Assert.Throws<ArgumentException>(() => new LayeredJail(new PlainJail(bench.Upper), lower));
    }

    private FileFact Look(string path) => bench.View.Look(path.Disk())!;

    private string[] Skipped()
    {
        List<string> names = [];
        _ = bench.View.WalkAll(new(Skipped: names.Add), Token).Count();
        return [.. names];
    }
}

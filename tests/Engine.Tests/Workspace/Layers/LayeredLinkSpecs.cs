using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>A link of one layer leads to what shows now, in whichever layer that is, and never outside.</summary>
public sealed class LayeredLinkSpecs : IDisposable
{
    private readonly LayersBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_lower_link_leads_to_what_the_upper_layer_has_now()
    {
        bench.Lower.Write("dir/a", "old");
        bench.Lower.Write("dir/gone", "old");
        bench.Lower.Link("link", "dir");
        bench.View.Run([.. bench.View.RemoveTree(bench.View.Look("dir".Disk())!)]);
        bench.View.Apply([new("dir/a".Disk(), null, "new"u8.ToArray()), new("dir/b".Disk(), null, "made"u8.ToArray())]);

        Assert.Equal(("new", "made"), (bench.Read("link/a"), bench.Read("link/b")));
        Assert.Equal("missing", Asking.CodeOf(() => bench.Read("link/gone")));
        Assert.Null(bench.View.Look("link/gone".Disk()));
        Assert.Equal(["link/a", "link/b"], bench.View.List("link".Disk()).Names());
        Assert.Equal("dir/b", bench.View.Resolve("link/b".Disk()).Value);
    }

    [Fact]
    public void A_lower_link_leads_through_a_link_of_the_upper_layer()
    {
        bench.Lower.Write("first/a", "1");
        bench.Lower.Write("second/a", "2");
        bench.Lower.Link("current", "first");
        bench.Lower.Link("deep/link", "../current/a");

        bench.View.Run([new PutLink("current".Disk(), bench.View.Look("current".Disk()), "./second/../second")]);

        Assert.Equal(("2", "second/a"), (bench.Read("deep/link"), bench.View.Resolve("deep/link".Disk()).Value));
        Assert.Equal("first", new FileInfo(bench.Lower.At("current")).LinkTarget);
    }

    [Fact]
    public void What_is_written_through_a_lower_link_changes_its_target_in_the_upper_layer()
    {
        bench.Lower.Write("dir/a", "old");
        bench.Lower.Link("link", "dir/a");
        bench.Lower.Link("folder", "dir");

        bench.View.Apply([
            new("link".Disk(), WorkspaceRoot.Hash("old"u8), "new"u8.ToArray()),
            new("folder/b".Disk(), null, "beside"u8.ToArray()),
        ]);

        Assert.Equal(("new", "beside", "dir/a"), (bench.Read("dir/a"), bench.Read("dir/b"), bench.View.Look("link".Disk())!.LinkTarget));
        Assert.Equal(["dir"], Directory.GetFileSystemEntries(bench.Upper).Select(Path.GetFileName));
    }

    [Fact]
    public void A_deleted_link_leaves_its_target()
    {
        bench.Lower.Write("a", "1");
        bench.Lower.Link("link", "a");

        bench.View.Apply([new("link".Disk(), WorkspaceRoot.Hash("1"u8), null)]);

        Assert.Equal(["a"], bench.View.List(WorkspacePath.Root).Names());
        Assert.Equal("a", new FileInfo(bench.Lower.At("link")).LinkTarget);
    }

    [Theory]
    [InlineData("up", "../outside/secret")]
    [InlineData("away", "/etc/passwd")]
    [InlineData("round", "round")]
    [InlineData("there", "back")]
    [InlineData("chain", "out")]
    [InlineData("through", "dir/../../outside/secret")]
    [InlineData("magic", "/proc/self/root/etc/passwd")]
    public void A_link_that_leads_out_or_in_a_circle_is_refused_in_either_layer(string name, string target)
    {
        bench.Lower.Write("dir/a", "1");
        bench.Lower.Link("out", "../outside/secret");
        File.CreateSymbolicLink(bench.InUpper("back"), "there");
        bench.Lower.Link("below-" + name, target);
        File.CreateSymbolicLink(bench.InUpper(name), target);

        foreach (var path in new[] { name, "below-" + name, $"{name}/x" })
        {
            Assert.Equal("path", Asking.CodeOf(() => bench.View.Read(path.Disk(), 100)));
            Assert.Equal("path", Asking.CodeOf(() => bench.View.Resolve(path.Disk())));
        }
        Assert.Equal("path", Asking.CodeOf(() => bench.View.List(name.Disk())));
        Assert.Equal("path", Asking.CodeOf(() => bench.View.Look($"{name}/secret".Disk())));
        Assert.Equal("path", Asking.CodeOf(() => bench.View.Apply([new($"{name}/new".Disk(), null, [])])));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(bench.Lower.Outside).Select(Path.GetFileName));
    }

    [Fact]
    public void A_chain_of_forty_links_over_both_layers_is_followed_and_one_more_is_not()
    {
        bench.Lower.Write("0", "end");
        for (var link = 1; link <= 41; link++)
        {
            File.CreateSymbolicLink(link % 2 == 0 ? bench.InUpper($"{link}") : bench.Lower.At($"{link}"), $"{link - 1}");
        }

        Assert.Equal("end", bench.Read("40"));
        Assert.Equal("path", Asking.CodeOf(() => bench.Read("41")));
    }

    [Fact]
    public void A_link_to_nothing_is_missing_and_a_file_is_no_folder()
    {
        bench.Lower.Write("file", "1");
        bench.Lower.Link("dangling", "nowhere");
        bench.Lower.Link("slash", "file/");
        bench.Lower.Link("up", "file/../file");

        foreach (var path in new[] { "dangling", "slash", "up", "file/x", "dangling/x", "nowhere/x" })
        {
            Assert.Equal("missing", Asking.CodeOf(() => bench.View.Read(path.Disk(), 100)));
            Assert.Equal("missing", Asking.CodeOf(() => bench.View.Resolve(path.Disk())));
        }
        Assert.Null(bench.View.Look("file/x".Disk()));
    }

    [Fact]
    public void A_lower_folder_swapped_for_a_link_after_a_look_is_not_followed_out()
    {
        bench.Lower.Write("dir/secret", "inside");
        Assert.NotNull(bench.View.Look("dir/secret".Disk()));

        Directory.Move(bench.Lower.At("dir"), bench.Lower.At("moved"));
        bench.Lower.Link("dir", "../outside");

        Assert.Equal("path", Asking.CodeOf(() => bench.View.Read("dir/secret".Disk(), 100)));
        Assert.Equal("path", Asking.CodeOf(() => bench.View.Look("dir/secret".Disk())));
    }

    [Fact]
    public void A_lower_folder_that_became_a_link_does_not_show_through_an_upper_folder()
    {
        bench.Lower.Write("dir/sub/a", "1");
        bench.Lower.Write("other/sub/b", "2");
        bench.View.Apply([new("dir/new".Disk(), null, "n"u8.ToArray())]);
        Directory.Delete(bench.Lower.At("dir"), recursive: true);
        bench.Lower.Link("dir", "other");

        Assert.Equal(["dir/new"], bench.View.List("dir".Disk()).Names());
        Assert.Null(bench.View.Look("dir/sub".Disk()));
        Assert.Equal("missing", Asking.CodeOf(() => bench.View.List("dir/sub".Disk())));
        Assert.Equal("missing", Asking.CodeOf(() => bench.View.Read("dir/sub/b".Disk(), 100)));
    }

    [Fact]
    public void A_word_that_leads_out_is_known_in_either_layer()
    {
        bench.Lower.Write("inside", "1");
        bench.Lower.Link("below", "../outside/secret");
        bench.Lower.Link("gone", "../outside/secret");
        File.CreateSymbolicLink(bench.InUpper("above"), Path.Join(bench.Lower.Outside, "secret"));
        File.CreateSymbolicLink(bench.InUpper("near"), "inside");
        File.WriteAllText(bench.InUpper("a:b"), "");
        bench.View.Run([new RemoveFile("gone".Disk(), bench.View.Look("gone".Disk())!)]);

        Assert.Equal(
            ["below", "above", "./above", "../outside/secret", "a:b"],
            new[] { "below", "gone", "above", "./above", "near", "inside", "nothing", "", "../outside/secret", "../nothing", "a:b" }.Where(
                bench.View.LeadsOut
            )
        );
    }

    [Fact]
    public void A_link_that_a_command_made_to_the_outside_is_refused()
    {
        LayersBench.NeedsOverlay();
        bench.Lower.Write("dir/a", "1");

        bench.Shell("rm -r dir; ln -s /etc dir; ln -s /etc/passwd file");

        Assert.Equal(EntryKind.Link, bench.View.Look("dir".Disk())!.Kind);
        foreach (var path in new[] { "dir/passwd", "file" })
        {
            Assert.Equal("path", Asking.CodeOf(() => bench.View.Read(path.Disk(), 1 << 20)));
        }
        Assert.Equal("path", Asking.CodeOf(() => bench.View.Apply([new("dir/new".Disk(), null, [])])));
    }
}

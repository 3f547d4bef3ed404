using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>A batch on two layers: all or nothing, whichever layer a file is in, and nothing at all in the lower one.</summary>
public sealed class LayeredBatchSpecs
{
    [Fact]
    public void Files_of_either_layer_are_changed_removed_and_made_again_at_once()
    {
        using var bench = Prepared();
        var before = bench.LowerState();

        bench.View.Run(Batch(bench.View));

        Assert.Equal(
            [
                "a=new",
                "again/k=new",
                "again/y=new",
                "dir/b=new",
                "f=new",
                "gone=new",
                "hard=1",
                "new/deep/e=new",
                "turned/g=new",
                "up=new",
                "was=new",
            ],
            Texts(bench)
        );
        Assert.Equal(before, bench.LowerState());
        Assert.Empty(bench.Staged());
        Assert.Equal((UnixFileMode)0b111_101_000, bench.View.Look("dir/b".Disk())!.Mode);
    }

    [Fact]
    public void The_kernel_shows_what_a_batch_has_written()
    {
        LayersBench.NeedsOverlay();
        using var bench = Prepared();

        bench.View.Run(Batch(bench.View));

        Assert.Equal(bench.OfKernel(), LayersBench.OfView(bench.View));
    }

    [Fact]
    public void A_fault_at_any_step_leaves_both_layers_as_they_were()
    {
        var steps = Count();
        Assert.InRange(steps, 30, 120);
        for (var fault = 0; fault < steps - 1; fault++) // the last one comes when all is done
        {
            using var bench = Prepared();
            var (shown, below, times) = (Shown(bench), bench.LowerState(), Times(bench));
            var step = 0;
            bench.View.AtStep = _ => _ = step++ == fault ? throw new IOException("disk full") : "";

            Assert.ThrowsAny<IOException>(() => bench.View.Run(Batch(bench.View)));

            Assert.Equal((fault, shown), (fault, Shown(bench)));
            Assert.Equal((fault, times), (fault, Times(bench)));
            Assert.Equal((fault, below), (fault, bench.LowerState()));
            Assert.Equal((fault, 0), (fault, bench.Staged().Length));
        }
    }

    [Fact]
    public void A_kill_at_any_step_leaves_each_file_before_or_after()
    {
        var steps = Count();
        using var done = Prepared();
        var before = Texts(done);
        done.View.Run(Batch(done.View));
        var possible = before.Concat(Texts(done)).ToHashSet();
        for (var kill = 0; kill < steps; kill++)
        {
            using var bench = Prepared();
            var below = bench.LowerState();
            var step = 0;
            bench.View.AtStep = _ => _ = step++ >= kill ? throw new TimeoutException("killed") : "";

            Assert.Throws<TimeoutException>(() => bench.View.Run(Batch(bench.View)));

            using var next = WorkspaceRoot.Open(bench.OpenLayers());
            Assert.Subset(possible, Texts(next).ToHashSet());
            Assert.Equal((kill, below), (kill, bench.LowerState()));
        }
    }

    [Fact]
    public void After_a_fault_the_upper_layer_holds_nothing_of_a_lower_file()
    {
        using var bench = new LayersBench();
        bench.Lower.Write("dir/a", "1");
        bench.Lower.Write("dir/b", "2");
        bench.View.AtStep = step => _ = step == "flush dir" ? throw new IOException("no") : "";
        FileWrite[] writes = [Change("dir/a", "1", "new"), Change("dir/b", "2", null)];

        Assert.ThrowsAny<IOException>(() => bench.View.Apply(writes));

        Assert.Equal(["dir"], Directory.GetFileSystemEntries(bench.Upper, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal(["dir/a=1", "dir/b=2"], Texts(bench));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("new")]
    public void Somebody_who_writes_in_the_workspace_between_the_check_and_the_change_wins(string name)
    {
        using var bench = new LayersBench();
        bench.Lower.Write("a", "1");
        bench.Lower.Write("b", "1");
        bench.View.AtStep = step =>
        {
            if (step.StartsWith("do ", StringComparison.Ordinal))
            {
                bench.Lower.Write(name, "theirs");
                bench.View.AtStep = null;
            }
        };

        Assert.Equal(
            "conflict",
            Asking.CodeOf(() => bench.View.Apply([Change("a", "1", "2"), Change("b", "1", null), Change("new", null, "ours")]))
        );

        Assert.Equal("theirs", bench.Read(name));
        Assert.Equal("theirs", bench.Lower.Read(name));
        Assert.Empty(bench.Staged());
    }

    [Fact]
    public void A_file_that_somebody_took_away_is_told_apart()
    {
        using var bench = new LayersBench();
        bench.Lower.Write("a", "1");
        bench.View.AtStep = step =>
        {
            if (step == "do PutFile a")
            {
                File.Delete(bench.Lower.At("a"));
            }
        };

        Assert.Equal("conflict", Asking.CodeOf(() => bench.View.Apply([Change("a", "1", "2")])));

        Assert.Empty(Texts(bench));
        Assert.Empty(bench.Staged());
    }

    [Fact]
    public void What_cannot_be_put_back_is_named_and_its_bytes_are_kept()
    {
        using var bench = new LayersBench();
        bench.Lower.Write("a", "original");
        bench.Lower.Write("b", "1");
        bench.View.AtStep = step =>
        {
            if (step == "do PutFile b")
            {
                bench.Lower.Write("b", "somebody else's");
            }
            if (step == "undo swap a")
            {
                File.Delete(bench.InUpper("a"));
                LinuxCalls.MakeWhiteout(Handle(bench.Upper), "a");
            }
        };

        var fault = Assert.Throws<WorkspaceException>(() => bench.View.Apply([Change("a", "original", "new"), Change("b", "1", "2")]));

        var left = Assert.Single(bench.Staged());
        Assert.EndsWith($": What a was before lies in {Path.GetFileName(left)}.", fault.Message);
        Assert.Equal(("io", "original"), (fault.Code, bench.Read(Path.GetFileName(left))));
        Assert.Equal("original", bench.Lower.Read("a"));
    }

    [Fact]
    public void What_a_killed_batch_left_is_removed()
    {
        using var bench = new LayersBench();
        bench.Lower.Write("dir/a", "1");
        var isKilled = false;
        bench.View.AtStep = step => _ = (isKilled |= step == "clean") ? throw new TimeoutException("killed") : "";
        Assert.Throws<TimeoutException>(() => bench.View.Apply([Change("dir/a", "1", "2")]));
        Assert.Single(bench.Staged());
        // A folder that was about to go.
        var aside = Directory.CreateDirectory(bench.InUpper("dir/" + StagedName.New())).FullName;
        using (var folder = LinuxCalls.OpenRoot(aside))
        {
            LinuxCalls.MakeWhiteout(folder, "x");
        }
        bench.Lower.Shell($"chmod 555 '{aside}'");

        using var next = WorkspaceRoot.Open(bench.OpenLayers());
        next.RemoveStaged(["dir".Disk(), "nowhere".Disk()]);

        Assert.Empty(bench.Staged());
        Assert.Equal(["dir/a=2"], Texts(next));
    }

    [Theory]
    [InlineData("do PutFile dir/a")]
    [InlineData("stage PutFile dir/a")]
    [InlineData("do RemoveFile dir/b")]
    public void A_folder_swapped_for_a_link_to_outside_changes_nothing_there(string moment)
    {
        using var bench = new LayersBench();
        bench.Lower.Write("dir/a", "1");
        bench.Lower.Write("dir/b", "1");
        File.WriteAllText(Path.Join(bench.Lower.Outside, "a"), "1");
        bench.View.AtStep = step =>
        {
            if (step == moment)
            {
                // Where the upper layer has the folder already, that is what somebody would have to swap.
                if (Directory.Exists(bench.InUpper("dir")))
                {
                    Directory.Move(bench.InUpper("dir"), bench.InUpper("moved"));
                }
                File.CreateSymbolicLink(bench.InUpper("dir"), "../outside");
            }
        };

        Assert.Equal("path", Asking.CodeOf(() => bench.View.Apply([Change("dir/a", "1", "2"), Change("dir/b", "1", null)])));

        Assert.Equal(["a", "secret"], Directory.GetFileSystemEntries(bench.Lower.Outside).Select(Path.GetFileName).Order());
        Assert.Equal(("1", "1"), (File.ReadAllText(Path.Join(bench.Lower.Outside, "a")), bench.Lower.Read("dir/a")));
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Handle(string folder) => LinuxCalls.OpenRoot(folder);

    private static FileWrite Change(string path, string? expected, string? text) =>
        new(
            path.Disk(),
            expected is null ? null : WorkspaceRoot.Hash(System.Text.Encoding.UTF8.GetBytes(expected)),
            text is null ? null : System.Text.Encoding.UTF8.GetBytes(text)
        );

    /// <summary>Files below, above and in both; some removed before; a folder that was removed and made again; one with folders to
    /// remove.</summary>
    private static LayersBench Prepared()
    {
        var bench = new LayersBench();
        bench.Lower.Shell(
            "mkdir -p dir gone/z again; printf 1 > a; ln a hard; printf 2 > dir/b; chmod 750 dir/b; printf 3 > c; printf 4 > dir/d; "
                + "printf 5 > gone/x; printf 6 > gone/z/y; printf 7 > was; printf 8 > again/x; printf 9 > again/y; printf t > turned"
        );
        bench.View.Apply([Change("dir/d", "4", "four"), Change("up", null, "1"), Change("up2", null, "1"), Change("was", "7", null)]);
        bench.View.Run([.. bench.View.RemoveTree(bench.View.Look("again".Disk())!)]);
        bench.View.Apply([Change("again/k", null, "k")]);
        return bench;
    }

    private static BatchStep[] Batch(WorkspaceRoot root)
    {
        PutFile Put(string path) => new(path.Disk(), root.Look(path.Disk()), () => new MemoryStream("new"u8.ToArray()), null);
        RemoveFile Remove(string path) => new(path.Disk(), root.Look(path.Disk())!);
        return
        [
            Put("a"),
            Put("dir/b"),
            Remove("c"),
            Remove("dir/d"),
            Put("up"),
            Remove("up2"),
            Put("was"),
            Put("again/k"),
            Put("again/y"),
            .. root.RemoveTree(root.Look("gone".Disk())!),
            new PutFile("gone".Disk(), null, () => new MemoryStream("new"u8.ToArray()), null),
            Remove("turned"),
            new MakeFolder("turned".Disk()),
            new PutFile("turned/g".Disk(), null, () => new MemoryStream("new"u8.ToArray()), null),
            new MakeFolder("new".Disk()),
            new MakeFolder("new/deep".Disk()),
            Put("new/deep/e"),
            Put("f"),
            new SetMode("again".Disk(), (UnixFileMode)0b111_000_000),
        ];
    }

    private static int Count()
    {
        using var bench = Prepared();
        var steps = 0;
        bench.View.AtStep = _ => steps++;
        bench.View.Run(Batch(bench.View));
        return steps;
    }

    private static string[] Texts(LayersBench bench) => Texts(bench.View);

    private static string[] Texts(WorkspaceRoot root) =>
        [
            .. root.Walk(WorkspacePath.Root, TestContext.Current.CancellationToken)
                .Select(fact => $"{fact.Path}={System.Text.Encoding.UTF8.GetString(root.Read(fact.Path, 100))}"),
        ];

    private static string Shown(LayersBench bench) =>
        string.Join('\n', LayersBench.OfView(bench.View).Select(entry => $"{entry.Key}={entry.Value}"));

    private static string Times(LayersBench bench)
    {
        var facts = bench.View.Walk(WorkspacePath.Root, TestContext.Current.CancellationToken);
        return string.Join('\n', facts.Select(fact => $"{fact.Path} {fact.Changed:O}"));
    }
}

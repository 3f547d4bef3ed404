using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>What a run changed, and nothing else.</summary>
public sealed class LayerDifferenceSpecs : IDisposable
{
    private readonly LayersBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Content_mode_kind_and_target_are_told_and_what_came_out_the_same_is_not()
    {
        foreach (var name in new[] { "bytes", "mode", "same", "gone", "kind", "touched" })
        {
            bench.Lower.Write(name, "1");
        }
        bench.Lower.Link("link", "bytes");
        bench.Lower.Link("same-link", "bytes");
        bench.View.Apply([Change("bytes", "2"), Change("same", "1"), Change("gone", null), new("new".Disk(), null, [])]);
        bench.View.Run([
            new SetMode("mode".Disk(), UnixFileMode.UserRead),
            new PutLink("link".Disk(), Look("link"), "same"),
            new PutLink("same-link".Disk(), Look("same-link"), "bytes"),
            new PutLink("kind".Disk(), Look("kind"), "same"),
            new MakeFolder("empty".Disk()),
        ]);
        File.SetLastWriteTimeUtc(bench.InUpper("same"), DateTime.UnixEpoch);

        Assert.Equal(
            ["bytes: File, File", "gone: File, -", "kind: File, Link", "link: Link, Link", "mode: File, File", "new: -, File"],
            Told()
        );
    }

    [Fact]
    public void A_removed_folder_is_told_file_by_file_and_an_empty_one_is_not()
    {
        bench.Lower.Write("dir/b/c", "1");
        bench.Lower.Write("dir/a", "1");
        Directory.CreateDirectory(bench.Lower.At("empty/deep"));
        Remove("dir");
        Remove("empty");

        Assert.Equal(["dir/a: File, -", "dir/b/c: File, -"], Told());
    }

    [Fact]
    public void A_folder_that_was_made_again_is_compared_file_by_file()
    {
        foreach (var name in new[] { "dir/a", "dir/same", "dir/sub/x", "dir/sub/y" })
        {
            bench.Lower.Write(name, "1");
        }
        Remove("dir");
        bench.View.Apply([Made("dir/same", "1"), Made("dir/new", "1"), Made("dir/sub/y", "2")]);

        Assert.Equal(["dir/a: File, -", "dir/new: -, File", "dir/sub/x: File, -", "dir/sub/y: File, File"], Told());
    }

    [Fact]
    public void A_file_that_became_a_folder_and_the_other_way_round_are_told_in_order()
    {
        bench.Lower.Write("a", "1");
        bench.Lower.Write("a-b", "1");
        bench.Lower.Write("b/x", "1");
        bench.Lower.Write("b/y/z", "1");
        bench.View.Apply([Change("a", null), Change("a-b", "2")]);
        Remove("b");
        bench.View.Apply([Made("a/new", "1"), Made("b", "1")]);

        Assert.Equal(["a: File, -", "a-b: File, File", "a/new: -, File", "b: -, File", "b/x: File, -", "b/y/z: File, -"], Told());
    }

    [Fact]
    public void What_is_ignored_is_left_out_and_never_entered()
    {
        bench.Lower.Write(".gitignore", "node_modules/\n*.log\n");
        bench.Lower.Write("a.log", "1");
        bench.Lower.Write("gone.log", "1");
        bench.Lower.Write("node_modules/old/x", "1");
        Directory.CreateDirectory(bench.InUpper("node_modules/pack"));
        Directory.CreateDirectory(bench.InUpper("src"));
        // Whoever enters the folder tells of the name.
        bench.Lower.Shell($"cd '{bench.Upper}'; : > node_modules/$(printf '\\377'); : > src/$(printf '\\377'); : > src/a");
        bench.View.Apply([Change("a.log", "2"), Change("gone.log", null)]);
        Remove("node_modules/old");
        List<string> skipped = [];

        Assert.Equal(["src/a: -, File"], Told(skipped.Add));
        Assert.Equal(["src/\uFFFD"], skipped);
    }

    [Fact]
    public void What_an_ignore_file_kept_out_stays_out_when_the_file_goes_with_its_folder()
    {
        bench.Lower.Write("app/.gitignore", "out/\n");
        bench.Lower.Write("app/out/x", "1");
        bench.Lower.Write("app/a", "1");
        Remove("app");
        Assert.Equal(["app/.gitignore: File, -", "app/a: File, -"], Told());

        bench.View.Apply([Made("app/out/y", "1")]);
        Assert.Equal(["app/.gitignore: File, -", "app/a: File, -", "app/out/y: -, File"], Told());
    }

    [Fact]
    public void The_ignore_files_that_show_now_decide_of_what_is_there()
    {
        bench.Lower.Write(".gitignore", "*.log\n");
        bench.View.Apply([Change(".gitignore", "*.tmp\n", "*.log\n"), Made("a.log", "1"), Made("a.tmp", "1")]);

        Assert.Equal([".gitignore: File, File", "a.log: -, File"], Told());
    }

    [Fact]
    public void What_is_gits_or_waits_in_a_batch_is_no_change()
    {
        bench.Lower.Write(".git/config", "1");
        bench.Lower.Write("sub/.git/config", "1");
        foreach (var name in new[] { ".git/config", "sub/.git/new", "sub/" + StagedName.New() })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(bench.InUpper(name))!);
            File.WriteAllText(bench.InUpper(name), "2");
        }

        Assert.Empty(Told());
    }

    [Fact]
    public void Special_entries_are_told_when_they_come_or_differ()
    {
        bench.Lower.Shell($"mkfifo same other; cd '{bench.Upper}'; mkfifo same new; mkfifo -m 600 other");

        Assert.Equal(["new: -, Special", "other: Special, Special"], Told());
    }

    [Fact]
    public void A_large_file_that_differs_in_its_last_byte_is_told()
    {
        var bytes = new byte[200_000];
        bench.Lower.Write("large", bytes);
        bench.Lower.Write("same", bytes);
        var (hash, last) = (WorkspaceRoot.Hash(bytes), bytes.ToArray());
        last[^1] = 1;
        bench.View.Apply([new("large".Disk(), hash, last), new("same".Disk(), hash, bytes)]);

        Assert.Equal(["large: File, File"], Told());
    }

    private static FileWrite Change(string path, string? text, string before = "1") =>
        Made(path, text ?? "") with
        {
            ExpectedSha256 = WorkspaceRoot.Hash(System.Text.Encoding.UTF8.GetBytes(before)),
            Bytes = text is null ? null : System.Text.Encoding.UTF8.GetBytes(text),
        };

    private static FileWrite Made(string path, string text) => new(path.Disk(), null, System.Text.Encoding.UTF8.GetBytes(text));

    private FileFact Look(string path) => bench.View.Look(path.Disk())!;

    private void Remove(string path) => bench.View.Run([.. bench.View.RemoveTree(Look(path))]);

    private string[] Told(Action<string>? skipped = null) =>
        [
            .. LayerDifference
                .Of(bench.Layers, skipped ?? (name => Assert.Fail(name)), TestContext.Current.CancellationToken)
                .Select(change => $"{change.Path}: {change.Before?.Kind.ToString() ?? "-"}, {change.After?.Kind.ToString() ?? "-"}"),
        ];
}

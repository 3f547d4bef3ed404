using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>What a snapshot cannot keep, what is large, and what a kill left behind.</summary>
public sealed class SnapshotLimitsSpecs : SnapshotBench
{
    [Fact]
    public async Task What_cannot_be_kept_is_listed_and_left_alone()
    {
        tree.Shell("printf x > \"$(printf 'bad\\377name')\"; mkfifo pipe");
        using (var file = File.OpenHandle(tree.At("huge"), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(file, 10L << 30);
        }
        tree.Write("good", "1");

        var snapshot = await store.TakeAsync(root, Token);

        Assert.Equal(1, snapshot.Files);
        Assert.Equal(["bad\uFFFDname", "huge", "pipe"], Reopen(snapshot).Skipped);
        Assert.Empty(snapshot.Compare(Token));
    }

    [Fact]
    public async Task A_file_without_the_right_to_read_is_listed()
    {
        tree.Write("closed", "1");
        tree.Shell("chmod 000 closed");

        var snapshot = await store.TakeAsync(root, Token);

        Assert.Equal(Environment.IsPrivilegedProcess ? [] : ["closed"], snapshot.Skipped);
        Assert.Empty(snapshot.Compare(Token));
    }

    [Fact]
    public async Task Large_files_are_kept_as_they_are()
    {
        var bytes = new byte[5_000_000];
        new Random(7).NextBytes(bytes);
        tree.Write("large", bytes);
        var snapshot = await store.TakeAsync(root, Token);
        File.Delete(tree.At("large"));

        snapshot.Restore(snapshot.Compare(Token));

        Assert.Equal(bytes, File.ReadAllBytes(tree.At("large")));
    }

    [Fact]
    public async Task What_a_killed_batch_left_is_removed()
    {
        tree.Write("dir/a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        root.AtStep = step =>
            _ =
                step.StartsWith("do ", StringComparison.Ordinal) || step.StartsWith("undo ", StringComparison.Ordinal)
                    ? throw new TimeoutException("killed")
                    : "";
        Assert.Throws<TimeoutException>(() => root.Apply([Change("dir/a", "1", "2"), Change("b", null, "2")]));
        root.AtStep = null;
        Assert.Equal(2, Directory.GetFiles(tree.Path, ".codex-sidecar-*", SearchOption.AllDirectories).Length);

        Assert.Empty(snapshot.Compare(Token));
        snapshot.Restore([]);

        Assert.Equal(
            [tree.At("dir/a")],
            Directory.GetFiles(tree.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        );
    }

    [Fact]
    public async Task Half_a_line_at_the_end_of_a_manifest_is_forgotten()
    {
        tree.Write("a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        var file = Directory.GetFiles(tree.Store, "*.jsonl", SearchOption.AllDirectories).Single();
        File.AppendAllText(file, """{"path":"b","he""");

        Reopen(snapshot).Keep(["c".Disk()]);
        tree.Write("c", "2");

        Assert.Equal(["c"], Reopen(snapshot).Compare(Token).Select(change => change.Path));
    }
}

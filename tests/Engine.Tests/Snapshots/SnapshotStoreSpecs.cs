using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Snapshots;

public sealed class SnapshotStoreSpecs : SnapshotBench
{
    [Fact]
    public async Task The_same_content_is_stored_once()
    {
        tree.Write("a", "same");
        tree.Write("b", "same");
        await store.TakeAsync(root, Token);
        await store.TakeAsync(root, Token);

        Assert.Single(store.Blobs.Files);
    }

    [Fact]
    public async Task Nobody_else_may_read_the_store()
    {
        tree.Write("a", "1");
        await store.TakeAsync(root, Token);

        foreach (
            var entry in new DirectoryInfo(tree.Store)
                .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .Where(entry => entry.Name != "lock")
        )
        {
            Assert.Equal((entry.Name, UnixFileMode.None), (entry.Name, entry.UnixFileMode & (UnixFileMode)0b000_111_111));
        }
    }

    [Fact]
    public async Task The_oldest_snapshots_go_first_and_only_what_nobody_names()
    {
        tree.Write("shared", new byte[1_000]);
        tree.Write("own", new byte[100_000]);
        var first = await store.TakeAsync(root, Token);
        tree.Write("own", new byte[100_001]);
        var second = await store.TakeAsync(root, Token);
        tree.Write("own", new byte[100_002]);
        var third = await store.TakeAsync(root, Token);
        File.WriteAllText(Path.Join(tree.Store, "blobs", "killed.tmp"), "half a content");

        store.Clean(250_000, keep: () => []);
        store.Clean(250_000, keep: () => throw new InvalidOperationException("Nothing has to go."));

        Assert.Equal([false, true, true], new[] { first, second, third }.Select(IsThere));
        Assert.Equal(3, store.Blobs.Files.Count());

        store.Clean(0, keep: () => [second.Id]);
        Assert.Equal([false, true, false], new[] { first, second, third }.Select(IsThere));
        var changes = second.Compare(Token);
        second.Restore(changes);
        Assert.Equal(100_001, new FileInfo(tree.At("own")).Length);
    }

    [Fact]
    public async Task A_cleaning_leaves_a_store_in_use_alone()
    {
        tree.Write("a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        using (store.Use(Token))
        using (new SnapshotStore(tree.Store, TimeProvider.System).Use(Token))
        {
            store.Clean(0);
            Assert.Single(store.Blobs.Files);
        }
        store.Clean(0);
        Assert.False(IsThere(snapshot));
        Assert.Empty(store.Blobs.Files);
    }

    [Fact]
    public async Task Who_waits_for_a_cleaning_can_be_cancelled()
    {
        Directory.CreateDirectory(tree.Store);
        using var alone = new FileStream(Path.Join(tree.Store, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var cancel = new CancellationTokenSource();

        var taking = store.TakeAsync(root, cancel.Token);
        Assert.False(taking.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task A_workspace_does_not_see_the_snapshots_of_another()
    {
        var snapshot = await store.TakeAsync(root, Token);
        using var other = WorkspaceRoot.Open(tree.Outside);

        Assert.Null(store.Open(snapshot.Id, other));
    }

    private bool IsThere(Snapshot snapshot) => store.Open(snapshot.Id, root) is not null;
}

using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>What a path is beside its bytes: a name of something else, and who may use it.</summary>
public sealed class LinkAndModeSpecs : SnapshotBench
{
    [Theory]
    [InlineData("chmod 700 a; chmod 700 d", null, "644 755")] // the run's mode goes back
    [InlineData("chmod 700 a; chmod 700 d", "chmod 711 a; chmod 711 d", "711 711")]
    [InlineData("chmod 700 a; chmod 700 d", "chmod 644 a; chmod 755 d", "644 755")]
    [InlineData("echo 2 > a", "chmod 600 a", "600 755")]
    [InlineData("rm a", null, "644 755")]
    public async Task A_mode_goes_back_when_it_is_the_runs_and_stays_when_somebody_gave_it_since(string run, string? user, string modes)
    {
        tree.Write("a", "1");
        tree.Write("d/b", "1");
        tree.Shell("chmod 644 a; chmod 755 d");
        var snapshot = await store.TakeAsync(root, Token);
        tree.Shell(run);
        var changes = snapshot.Compare(Token);
        tree.Shell(user ?? "true");

        var result = snapshot.Restore(changes);

        Assert.Empty(result.Conflicts);
        Assert.Equal(modes, string.Join(' ', new[] { "a", "d" }.Select(path => Convert.ToString((int)FileModes.Get(tree.At(path)), 8))));
        Assert.Equal(("1", modes.Contains("711") || modes.Contains("600")), (tree.Read("a"), result.KeptModes.Count > 0));
    }

    [Fact]
    public async Task A_target_that_was_written_through_its_link_is_put_back()
    {
        tree.Write("dir/a", "1");
        tree.Link("link", "dir/a");
        var before = tree.State();
        var snapshot = await store.TakeAsync(root, Token);
        snapshot.Keep(["link".Disk()]);
        root.Apply([new("link".Disk(), WorkspaceRoot.Hash("1"u8), "2"u8.ToArray())]);

        Assert.Empty(snapshot.Restore([new("link", WorkspaceRoot.Hash("1"u8), WorkspaceRoot.Hash("2"u8))]).Conflicts);

        Assert.Equal(before, tree.State());
    }
}

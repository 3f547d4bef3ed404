using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Snapshots;

public sealed class SnapshotSpecs : SnapshotBench
{
    [Fact]
    public void Any_tree_after_any_edits_is_put_back_to_the_byte() =>
        Gen.Select(TreeEdit.Some, TreeEdit.Some)
            .Holds(
                (first, second) =>
                {
                    using var one = new TreeFolder();
                    using var there = WorkspaceRoot.Open(one.Path);
                    Array.ForEach(first, edit => edit.Do(one));
                    var before = one.State();
                    var snapshot = Take(one, there);
                    Array.ForEach(second, edit => edit.Do(one));

                    var result = snapshot.Restore(snapshot.Compare(Token));

                    Assert.Empty(result.Conflicts);
                    Assert.Equal(before, one.State());
                    Assert.Empty(snapshot.Compare(Token));
                },
                few: 50,
                many: 500,
                threads: 2
            );

    [Fact]
    public void A_restore_that_was_killed_anywhere_is_completed_by_the_next() =>
        Gen.Select(TreeEdit.Some, TreeEdit.Some, Gen.Int[0, 40])
            .Holds(
                (first, second, kill) =>
                {
                    using var one = new TreeFolder();
                    using var there = WorkspaceRoot.Open(one.Path);
                    Array.ForEach(first, edit => edit.Do(one));
                    var before = one.State();
                    var snapshot = Take(one, there);
                    Array.ForEach(second, edit => edit.Do(one));
                    var changes = snapshot.Compare(Token);
                    var step = 0;
                    there.AtStep = _ => _ = step++ < kill ? "" : throw new TimeoutException("killed");
                    try
                    {
                        snapshot.Restore(changes);
                    }
                    catch (TimeoutException) { }
                    there.AtStep = null;

                    var result = new SnapshotStore(one.Store, TimeProvider.System).Open(snapshot.Id, there)!.Restore(changes);

                    Assert.Empty(result.Conflicts);
                    Assert.Equal(before, one.State());
                },
                few: 40,
                many: 300,
                threads: 2
            );

    [Fact]
    public async Task A_restore_killed_after_a_dangling_link_came_back_is_completed_by_the_next()
    {
        tree.Link("a", "gone/far");
        var snapshot = await store.TakeAsync(root, Token);
        var before = tree.State();
        tree.Shell("rm a; mkdir a");
        var changes = snapshot.Compare(Token);
        tree.Shell("rmdir a");
        tree.Link("a", "gone/far");

        Assert.Empty(snapshot.Restore(changes).Conflicts);

        Assert.Equal(before, tree.State());
    }

    [Fact]
    public void A_fault_anywhere_in_a_restore_changes_nothing() =>
        Gen.Select(TreeEdit.Some, TreeEdit.Some, Gen.Int[0, 40])
            .Holds(
                (first, second, fault) =>
                {
                    using var one = new TreeFolder();
                    using var there = WorkspaceRoot.Open(one.Path);
                    Array.ForEach(first, edit => edit.Do(one));
                    var snapshot = Take(one, there);
                    Array.ForEach(second, edit => edit.Do(one));
                    var after = one.State();
                    var step = 0;
                    there.AtStep = what => _ = step++ != fault || what == "clean" ? "" : throw new TimeoutException("fault");
                    try
                    {
                        snapshot.Restore(snapshot.Compare(Token));
                        return;
                    }
                    catch (TimeoutException) { }
                    Assert.Equal(after, one.State());
                },
                few: 30,
                many: 200,
                threads: 2
            );

    [Fact]
    public async Task Compare_names_each_change_with_its_states()
    {
        tree.Write("same", "1");
        tree.Write("changed", "1");
        tree.Write("deleted", "1");
        tree.Write("mode", "1");
        tree.Link("link", "same");
        Directory.CreateDirectory(tree.At("empty"));
        var snapshot = await store.TakeAsync(root, Token);

        tree.Write("changed", "2");
        tree.Write("new/file", "2");
        File.Delete(tree.At("deleted"));
        tree.Shell("chmod 777 mode; ln -sfn mode link; rmdir empty; mkdir -p fresh; mkfifo pipe; ln same hard");

        var (one, two) = (WorkspaceRoot.Hash("1"u8), WorkspaceRoot.Hash("2"u8));
        Assert.Equal(5, snapshot.Files);
        Assert.Equal(
            [
                new("changed", one, two),
                new("deleted", one, null),
                new("empty/", "folder", null),
                new("fresh/", null, "folder"),
                new("hard", null, one),
                new("link", PathStates.OfLink("same"), PathStates.OfLink("mode")),
                new("mode", one, one),
                new("new/file", null, two),
                new ChangedPath("pipe", null, "special"),
            ],
            snapshot.Compare(Token).Select(change => change with { Mode = null })
        );
        Assert.Equal(0x1FF, snapshot.Compare(Token).Single(change => change.Path == "mode").Mode);
    }

    [Fact]
    public async Task A_write_that_leaves_size_and_time_as_they_were_is_seen()
    {
        tree.Write("a", "1");
        File.SetLastWriteTimeUtc(tree.At("a"), DateTime.UnixEpoch);
        var first = await store.TakeAsync(root, Token);

        tree.Write("a", "2");
        File.SetLastWriteTimeUtc(tree.At("a"), DateTime.UnixEpoch);

        Assert.Equal(["a"], first.Compare(Token).Select(change => change.Path));
        var second = await store.TakeAsync(root, Token);
        second.Restore(second.Compare(Token));
        Assert.Equal("2", tree.Read("a"));
    }

    [Fact]
    public async Task Somebody_elses_change_stops_the_whole_restore()
    {
        tree.Write("a", "1");
        tree.Write("b", "1");
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write("a", "2");
        tree.Write("b", "2");
        tree.Write("c", "2");
        var changes = snapshot.Compare(Token);

        tree.Write("b", "the user's");
        var result = snapshot.Restore(changes);

        Assert.Equivalent(new RestoreResult([], ["b"]), result);
        Assert.Equal(("2", "the user's", "2"), (tree.Read("a"), tree.Read("b"), tree.Read("c")));
    }

    [Fact]
    public async Task A_file_of_somebody_else_in_a_folder_that_has_to_go_stops_it_too()
    {
        tree.Write("a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        File.Delete(tree.At("a"));
        tree.Write("a/ours", "2");
        var changes = snapshot.Compare(Token);
        tree.Write("a/theirs", "3");

        Assert.Equal(["a/theirs"], snapshot.Restore(changes).Conflicts);
        Assert.Equal("3", tree.Read("a/theirs"));
    }

    [Fact]
    public async Task What_is_overwritten_stays_in_the_store()
    {
        tree.Write("a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write("a", "the run's");
        var changes = snapshot.Compare(Token);

        snapshot.Restore(changes);
        store.Clean(long.MaxValue);
        Assert.Equal("1", tree.Read("a"));

        Assert.Equal(["a"], Reopen(snapshot).Restore([new("a", changes[0].After, changes[0].Before)]).Restored);
        Assert.Equal("the run's", tree.Read("a"));
    }

    [Fact]
    public async Task Ignored_and_missing_paths_are_kept_before_they_are_written()
    {
        tree.Write(".gitignore", "ignored/\n");
        tree.Write("ignored/config", "secret");
        tree.Shell("chmod 600 ignored/config");
        var before = tree.State();
        var snapshot = await store.TakeAsync(root, Token);
        snapshot.Keep(["ignored/config".Disk(), "ignored/sub/new".Disk(), "other/new".Disk()]);

        root.Apply([Change("ignored/config", "secret", "2"), Change("ignored/sub/new", null, "2"), Change("other/new", null, "2")]);
        snapshot = Reopen(snapshot);
        var changes = snapshot.Compare(Token);

        Assert.Equal(["ignored/config", "ignored/sub/new", "other/new"], changes.Select(change => change.Path));
        Assert.Empty(snapshot.Restore(changes).Conflicts);
        Assert.Equal(before, tree.State());
    }

    [Fact]
    public async Task A_file_that_stops_being_ignored_is_no_new_file()
    {
        tree.Write(".gitignore", ".env\nout/\n");
        tree.Write(".env", "the user's");
        tree.Write("out/x", "the user's");
        var snapshot = await store.TakeAsync(root, Token);

        tree.Write(".gitignore", "");

        Assert.Equal([".gitignore"], snapshot.Compare(Token).Select(change => change.Path));
        Assert.Equal([".env"], snapshot.Restore([new(".env", null, WorkspaceRoot.Hash("the user's"u8))]).Conflicts);
        Assert.Equal("the user's", tree.Read(".env"));
    }

    [Fact]
    public async Task A_file_that_becomes_ignored_is_still_compared()
    {
        tree.Write("a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write(".gitignore", "a\n");

        Assert.Equal([".gitignore"], snapshot.Compare(Token).Select(change => change.Path));
        tree.Write("a", "2");
        Assert.Equal([".gitignore", "a"], snapshot.Compare(Token).Select(change => change.Path));
    }

    [Fact]
    public async Task What_the_user_wrote_during_the_run_comes_back_and_not_the_older_text()
    {
        tree.Write("a", "at the start");
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write("a", "the user's");
        snapshot.Keep(["a".Disk()]);
        root.Apply([Change("a", "the user's", "the run's")]);

        Reopen(snapshot).Restore([new("a", WorkspaceRoot.Hash("the user's"u8), WorkspaceRoot.Hash("the run's"u8))]);

        Assert.Equal("the user's", tree.Read("a"));
    }

    [Fact]
    public async Task The_users_head_index_and_stash_are_not_touched()
    {
        tree.Write("a", "1");
        tree.Write("b", "1");
        tree.Shell(
            "git init -q; git config user.name n; git config user.email e@example.org; git add .; git commit -qm one; echo 2 > a; "
                + "git stash -q; echo 3 > b; git add b; echo 4 > b"
        );
        var before = tree.State();
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write("a", "run");
        tree.Write("c", "run");

        snapshot.Restore(snapshot.Compare(Token));

        Assert.Contains(".git/refs/stash", before);
        Assert.Equal(before, tree.State());
    }

    [Fact]
    public async Task What_a_run_left_can_be_read_again_when_it_has_changed()
    {
        tree.Write("changed", "1");
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write("changed", "2");
        tree.Write("new/file", "2");
        tree.Shell("mkdir -p empty; ln -s changed link; mkfifo pipe");
        var changes = snapshot.Compare(Token);

        snapshot.KeepAfter(changes);
        tree.Write("changed", "3");

        Assert.Equal(["1", "2", "2"], new[] { Text("changed", "1"), Text("changed", "2"), Text("new/file", "2") });
        Assert.Null(Text("changed", "3"));
        Assert.Equal(changes.Count, Reopen(snapshot).Compare(Token).Count);
        string? Text(string path, string state) =>
            Reopen(snapshot).Content(path, WorkspaceRoot.Hash(System.Text.Encoding.UTF8.GetBytes(state))) is { } bytes
                ? System.Text.Encoding.UTF8.GetString(bytes)
                : null;
    }

    [Fact]
    public async Task Names_of_one_file_are_put_back_together()
    {
        tree.Write("keep/a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        var before = tree.State();
        tree.Shell("ln keep/a b; ln keep/a c; ln keep/a d; echo 2 >> d");

        Assert.Empty(snapshot.Restore(snapshot.Compare(Token)).Conflicts);

        Assert.Equal(before, tree.State());
    }

    [Fact]
    public async Task What_a_killed_batch_left_of_a_file_with_two_names_is_no_change_of_the_other()
    {
        tree.Write("a", "1");
        var snapshot = await store.TakeAsync(root, Token);
        var before = tree.State();
        tree.Shell($"echo 2 > b; ln b c; ln b .codex-sidecar-{Guid.NewGuid():n}.staged");

        Assert.Empty(snapshot.Restore(snapshot.Compare(Token)).Conflicts);

        Assert.Equal(before, tree.State());
    }

    [Fact]
    public async Task A_folder_the_run_made_goes_although_the_run_wrote_there_again()
    {
        tree.Write(".gitignore", "ignored/\n");
        tree.Write("ignored/old", "1");
        var before = tree.State();
        var snapshot = await store.TakeAsync(root, Token);
        foreach (var path in new[] { "made/1/a", "made/2/b", "ignored/made/1/a", "ignored/made/2/b" })
        {
            snapshot.Keep([path.Disk()]);
            root.Apply([Change(path, null, "2")]);
        }

        Assert.Empty(
            Reopen(snapshot)
                .Restore([
                    .. new[] { "made/1/a", "made/2/b", "ignored/made/1/a", "ignored/made/2/b" }.Select(path => new ChangedPath(
                        path,
                        null,
                        WorkspaceRoot.Hash("2"u8)
                    )),
                ])
                .Conflicts
        );

        Assert.Equal(before, tree.State());
    }

    [Fact]
    public async Task A_file_that_came_since_the_snapshot_is_no_part_of_it_when_it_is_written_again()
    {
        var snapshot = await store.TakeAsync(root, Token);
        tree.Write("new", "a command's");
        snapshot.Keep(["new".Disk()]);
        root.Apply([Change("new", "a command's", "2")]);

        Assert.Equal(
            ("new", null, WorkspaceRoot.Hash("2"u8)),
            Reopen(snapshot).Compare(Token).Select(one => (one.Path, one.Before, one.After)).Single()
        );
        Reopen(snapshot).Restore([new("new", WorkspaceRoot.Hash("a command's"u8), WorkspaceRoot.Hash("2"u8))]);
        Assert.Equal("a command's", tree.Read("new"));
    }

    [Fact]
    public void A_snapshot_that_is_not_there_is_null()
    {
        Assert.Null(store.Open("20260101T000000000-00000000", root));
        Assert.Null(store.Open("../../etc/passwd", root));
    }

    private static Snapshot Take(TreeFolder folder, WorkspaceRoot root) =>
        new SnapshotStore(folder.Store, TimeProvider.System).TakeAsync(root, CancellationToken.None).GetAwaiter().GetResult();
}

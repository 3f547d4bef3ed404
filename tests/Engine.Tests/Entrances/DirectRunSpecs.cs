using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Entrances;

public sealed class DirectRunSpecs : IDisposable
{
    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder state = new();

    public void Dispose()
    {
        workspace.Dispose();
        state.Dispose();
    }

    /// <summary>A killed process lets go of its locks and writes nothing more: so does this one.</summary>
    [Fact]
    public async Task A_call_that_was_killed_after_its_change_can_be_undone()
    {
        workspace.With("a.txt", "before");
        var home = new SidecarHome(state["state"], state["cache"], state["config"]);
        string runId;
        using (var root = WorkspaceRoot.Open(workspace.Path))
        using (var run = new DirectRun(home, root, workspace.Path, "tool shell: x", Level.RunTests, TimeProvider.System))
        {
            await run.BeginAsync(TestContext.Current.CancellationToken);
            workspace.With("a.txt", "after").With("new.txt", "new");
            runId = run.RunId;
        }
        var store = new RunStore(home, TimeProvider.System);

        var result = store.Undo(store.Find(runId)!);

        Assert.Empty(result.Conflicts);
        Assert.Equal("before", workspace.Read("a.txt"));
        Assert.False(File.Exists(workspace["new.txt"]));
    }

    /// <summary>A link to a file, to a folder, a chain of both, and a new file below a linked folder.</summary>
    [Theory]
    [InlineData("app/alias.txt", "app/true.txt")]
    [InlineData("app/shared/base.txt", "shared/base.txt")]
    [InlineData("app/again/base.txt", "shared/base.txt")]
    [InlineData("app/shared/deep/fresh.txt", "shared/deep/fresh.txt")]
    public async Task What_was_written_through_a_link_is_taken_back_where_it_lies(string written, string real)
    {
        Linked();
        var before = workspace.Fingerprint();

        var applied = await ApplyAsync(File.Exists(workspace[written]) ? Edit(written) : $"{written}\n```\nfresh\n```\n");
        Assert.Equal(PatchEnd.Applied, applied.End);
        Assert.NotEqual(before, workspace.Fingerprint());
        var undone = Undo(applied);

        Assert.Equal((real, "1 file is as before the run."), (Assert.Single(undone.Restored), undone.Message));
        Assert.Equal(before, workspace.Fingerprint());
        Assert.Equal("This run is undone already.", Undo(applied).Message);
    }

    [Fact]
    public async Task The_users_later_lines_stay_in_a_file_that_was_written_through_a_link()
    {
        Linked();
        var applied = await ApplyAsync(Edit("app/shared/base.txt"));
        workspace.With("shared/base.txt", workspace.Read("shared/base.txt") + "mine\n");

        var undone = Undo(applied);

        Assert.Equal("1 file put back. Your own changes since then stay: shared/base.txt.", undone.Message);
        Assert.Equal("one\ntwo\nthree\nmine\n", workspace.Read("shared/base.txt"));
    }

    [Theory]
    [InlineData("*** Delete File: app/alias.txt")]
    [InlineData("*** Update File: app/alias.txt\n*** Move to: app/moved.txt\n@@\n one\n-two\n+zwei\n three")]
    public async Task A_link_that_a_patch_took_away_is_a_link_again(string patch)
    {
        Linked();
        var before = workspace.Fingerprint();

        var applied = await ApplyAsync($"*** Begin Patch\n{patch}\n*** End Patch\n");
        Assert.Equal((PatchEnd.Applied, false), (applied.End, Path.Exists(workspace["app/alias.txt"])));
        var undone = Undo(applied);

        Assert.Empty(undone.Conflicts);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task A_file_that_the_run_made_goes_and_it_is_said_that_its_mode_was_changed()
    {
        var applied = await ApplyAsync("new.sh\n```\necho\n```\n");
        FileModes.Set(workspace["new.sh"], Runnable);

        var undone = Undo(applied);

        Assert.False(File.Exists(workspace["new.sh"]));
        Assert.Equal(
            "1 file put back. The run had made this file, so the mode you gave it since then goes with it: new.sh.",
            undone.Message
        );
    }

    private const UnixFileMode Runnable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private SidecarHome Home => new(state["state"], state["cache"], state["config"]);

    private void Linked()
    {
        workspace.With("shared/base.txt", "one\ntwo\nthree\n").With("app/true.txt", "one\ntwo\nthree\n");
        File.CreateSymbolicLink(workspace["app/alias.txt"], "true.txt");
        Directory.CreateSymbolicLink(workspace["app/shared"], "../shared");
        Directory.CreateSymbolicLink(workspace["app/again"], "shared");
    }

    private static string Edit(string path) => $"{path}\n<<<<<<< SEARCH\ntwo\n=======\nzwei\n>>>>>>> REPLACE\n";

    private Task<PatchAnswer> ApplyAsync(string text) =>
        new PatchEntrance(Home, TimeProvider.System).ApplyAsync(
            new RunSettings { Workspace = workspace.Path, Level = Level.ExtendedShell },
            Caller.CommandLine,
            System.Text.Encoding.UTF8.GetBytes(text),
            dryRun: false,
            (_, _) => Task.FromResult(new Answer(false, AnsweredBy.Face)),
            TestContext.Current.CancellationToken
        );

    private UndoResult Undo(PatchAnswer applied)
    {
        var store = new RunStore(Home, TimeProvider.System);
        Assert.NotNull(applied.Undo);
        return store.Undo(store.Find(applied.Undo)!);
    }
}

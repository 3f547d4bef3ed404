using System.Collections.Concurrent;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

public sealed class RunActionsSpecs : IDisposable
{
    private readonly GitTree git = new();
    private readonly ToolFolder folder;
    private TreeFolder Tree => folder.Tree;
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public RunActionsSpecs() => folder = new(git.Tree) { Level = Level.GitCommit };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_plan_is_applied_as_a_whole_with_a_question_for_what_goes()
    {
        Tree.Write("change.txt", "one\n");
        Tree.Write("gone.txt", "x\n");
        Tree.Write("old.sh", "#!/bin/sh\necho a long enough script\n");
        Tree.Shell("chmod +x old.sh");
        var plan = Plan(
            "*** Begin Patch\n*** Update File: change.txt\n@@\n-one\n+two\n*** Add File: new/file.txt\n+hello\n*** Delete File: "
                + "gone.txt\n*** Update File: old.sh\n*** Move to: new.sh\n*** End Patch\n"
        );

        var outcome = await folder.Runner.RunAsync(RunActions.Apply(folder.Context, plan), Token);

        Assert.Equal(
            [
                ("change.txt", FileChange.Modified, 1, 1),
                ("gone.txt", FileChange.Deleted, 0, 1),
                ("new.sh", FileChange.Moved, 0, 0),
                ("new/file.txt", FileChange.Added, 1, 0),
            ],
            outcome.Value!.Files.Select(file => (file.Path, file.Change, file.Added, file.Removed))
        );
        Assert.Equal(WorkspaceRoot.Hash("two\n"u8), outcome.Value.Files[0].Sha256);
        Assert.Equal(
            ("two\n", "hello\n", false, false),
            (Tree.Read("change.txt"), Tree.Read("new/file.txt"), File.Exists(Tree.At("gone.txt")), File.Exists(Tree.At("old.sh")))
        );
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Tree.At("new.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("delete or rename a file: gone.txt\ndelete or rename a file: new.sh", Assert.Single(folder.Questions).Question);
        Assert.Contains("change.txt gone.txt new.sh new/file.txt old.sh", Assert.Single(folder.Steps));
        Assert.Empty(folder.Events);
    }

    [Fact]
    public async Task A_refused_plan_writes_nothing_and_says_why()
    {
        folder.Level = Level.ReadOnly;
        Tree.Write("a.txt", "one\n");

        var outcome = await folder.Runner.RunAsync(
            RunActions.Apply(folder.Context, Plan("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n")),
            Token
        );

        Assert.True(outcome.Refused);
        Assert.Equal((Permission.Deny, "one\n"), (outcome.Decision.Permission, Tree.Read("a.txt")));
    }

    [Fact]
    public async Task A_file_that_changed_since_the_plan_stops_all_of_it()
    {
        Tree.Write("a.txt", "one\n");
        Tree.Write("b.txt", "one\n");
        var plan = Plan("*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** Update File: b.txt\n@@\n-one\n+two\n*** End Patch\n");
        Tree.Write("b.txt", "changed\n");

        var fault = await Assert.ThrowsAsync<WorkspaceException>(() =>
            folder.Runner.RunAsync(RunActions.Apply(folder.Context, plan), Token)
        );

        Assert.Equal(("conflict", "one\n"), (fault.Code, Tree.Read("a.txt")));
    }

    [Fact]
    public async Task Tests_are_a_shell_command_of_level_2()
    {
        folder.Context = folder.Context with
        {
            TestCommand = ["sh", "-c", "echo failing 'x y'; echo password=q7Rk2\"\"Zp9xVt4LmW8sB3n; exit 3"],
        };
        var live = new ConcurrentQueue<string>();
        var action = RunActions.Tests(folder.Context, TimeSpan.FromSeconds(30), live.Enqueue);

        var ran = (await folder.Runner.RunAsync(action, Token)).Value!;

        Assert.Equal((3, "failing x y\npassword=[redacted:secret]\n", false), (ran.ExitCode, ran.Result.Output, ran.Ok));
        Assert.Equal(ran.Result.Output, string.Concat(live));
        var command = Assert.Single(folder.Runner.Commands);
        Assert.Equal(("allow", 3), (command.Decision, command.ExitCode));
        Assert.StartsWith("sh -c ", command.Command);
        folder.Level = Level.SafeWrite;
        Assert.True((await folder.Runner.RunAsync(action, Token)).Refused);
    }

    [Fact]
    public void Without_a_test_command_that_is_said() =>
        Assert.Throws<ToolInputException>(() => RunActions.Tests(folder.Context, TimeSpan.FromSeconds(1), _ => { }));

    [Fact]
    public async Task Tests_that_never_end_are_killed()
    {
        folder.Context = folder.Context with { TestCommand = ["sleep", "600"] };

        var ran = (await folder.Runner.RunAsync(RunActions.Tests(folder.Context, TimeSpan.FromMilliseconds(200), _ => { }), Token)).Value!;

        Assert.Equal((null, true, "timed out"), (ran.ExitCode, ran.Result.TimedOut, ran.Summary));
    }

    [Fact]
    public async Task A_commit_holds_the_named_files()
    {
        Tree.Write("a.txt", "a\n");
        Tree.Write("b.txt", "b\n");
        folder.Context = folder.Context with { ChecksGreen = () => true };

        var outcome = await folder.Runner.RunAsync(RunActions.Commit(folder.Context, [WorkspacePath.Parse("a.txt")], "Add a"), Token);

        Assert.Equal(git.Git("rev-parse", "HEAD").Trim(), outcome.Value!.Sha);
        Assert.Equal("a.txt\n", git.Git("show", "--format=", "--name-only"));
        Assert.Equal($"done git git commit: Add a (a.txt): allow {outcome.Value.Sha}", folder.AuditLines()[^1]);
    }

    private PatchPlan Plan(string patch)
    {
        var files = folder.Context.Root.Walk(WorkspacePath.Root, Token).Select(file => file.Path.Value).ToList();
        var plan = PatchPlanner.Plan(
            PatchParser.ParsePatch(patch),
            new(files, path => File.Exists(Tree.At(path)) ? File.ReadAllBytes(Tree.At(path)) : null),
            null,
            new(MayDelete: true)
        );
        Assert.Empty(plan.Refusals);
        return plan;
    }
}

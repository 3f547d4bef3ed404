using CodexSidecar.Contracts;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Commits what the run's patches changed, when it was asked to and the tests are green; then says how the run ended.</summary>
internal sealed class CommitStage(RunServices kit)
{
    private const int LongestTitle = 72;

    /// <param name="tests">The tests that proved the change; null when there are none.</param>
    public async Task<RunEnd> RunAsync(TestRun? tests, bool mayCommit, CancellationToken cancellationToken)
    {
        var proof = tests switch
        {
            null => "no tests were run",
            { IsGreen: true } => "the tests pass",
            _ => $"{tests.Failures} tests still fail that failed before",
        };
        var files = kit.Changes.Patched;
        var end = new RunEnd(StopReason.Done, null, $"Solved: {files.Count} {(files.Count == 1 ? "file" : "files")} changed, {proof}.");
        if (kit.Settings.Commit is CommitMode.Never)
        {
            return end;
        }
        if (!mayCommit || tests is null or { IsGreen: false } || kit.Level < Level.GitCommit)
        {
            var why = !mayCommit ? "the consilium had no quorum" : kit.Level < Level.GitCommit ? "it needs level 3 (git_commit)" : "only green tests are committed";
            kit.Emit(new NoticeRaised(Severity.Warning, "Nothing was committed", why));
            return end;
        }
        return await kit.InStageAsync(Stage.Commit, 1, () => CommitAsync(files, end, cancellationToken));
    }

    private async Task<RunEnd> CommitAsync(IReadOnlyList<string> files, RunEnd end, CancellationToken cancellationToken)
    {
        var title = kit.Request.Task.Trim().Split('\n')[0].Trim();
        var message = title.Length <= LongestTitle ? title : title[..(LongestTitle - 1)] + "…";
        if (kit.Settings.Commit is CommitMode.Ask)
        {
            var question = new PermissionAsked(
                "commit", null, AskSubject.Commit, Risk.Medium, $"Commit {files.Count} files as \"{message}\"?", "You asked to be asked before a commit.",
                [new(ActionKind.GitCommit, message)]);
            if (!(await kit.Guards.WaitForUserAsync(() => kit.Context.Ask(question, cancellationToken))).Allowed)
            {
                kit.Emit(new NoticeRaised(Severity.Info, "Nothing was committed", "You said no."));
                return end;
            }
        }
        var outcome = await kit.Tools.RunAsync(RunActions.Commit(kit.Context, [.. files.Select(WorkspacePath.Parse)], message), cancellationToken);
        if (outcome.Value is { } commit)
        {
            kit.Emit(new Committed(commit.Sha, message));
            return end with { Message = $"{end.Message} Committed as {commit.Sha[..10]}." };
        }
        kit.Emit(new NoticeRaised(Severity.Warning, "Nothing was committed", outcome.Decision.Reason));
        return end;
    }
}

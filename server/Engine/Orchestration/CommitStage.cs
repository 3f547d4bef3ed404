using CodexSidecar.Contracts;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Commits what the run's patches changed, when it was asked to and the tests are green; then says how the run ended.</summary>
internal sealed class CommitStage(RunServices services)
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
        var files = services.Changes.Patched;
        var end = new RunEnd(StopReason.Done, null, $"Solved: {files.Count} {(files.Count == 1 ? "file" : "files")} changed, {proof}.");
        if (services.Settings.Commit is CommitMode.Never)
        {
            return end;
        }
        if (!mayCommit || tests is null or { IsGreen: false } || services.Level < Level.GitCommit)
        {
            var why =
                !mayCommit ? "the consilium had no quorum"
                : services.Level < Level.GitCommit ? "it needs level 3 (git_commit)"
                : "only green tests are committed";
            services.Emit(new NoticeRaised(Severity.Warning, "Nothing was committed", why));
            return end;
        }
        return await services.InStageAsync(Stage.Commit, 1, () => CommitAsync(files, end, cancellationToken));
    }

    private async Task<RunEnd> CommitAsync(IReadOnlyList<string> files, RunEnd end, CancellationToken cancellationToken)
    {
        var title = services.Request.Task.Trim().Split('\n')[0].Trim();
        var message = title.Length <= LongestTitle ? title : title[..(LongestTitle - 1)] + "…";
        if (services.Settings.Commit is CommitMode.Ask)
        {
            var question = new PermissionAsked(
                "commit",
                null,
                AskSubject.Commit,
                Risk.Medium,
                $"Commit {files.Count} files as \"{message}\"?",
                "You asked to be asked before a commit.",
                [new(ActionKind.GitCommit, message)]
            );
            if (!(await services.Guards.WaitForUserAsync(() => services.Context.Ask(question, cancellationToken))).Allowed)
            {
                services.Emit(new NoticeRaised(Severity.Info, "Nothing was committed", "You said no."));
                return end;
            }
        }
        string why;
        try
        {
            var outcome = await services.Tools.RunAsync(
                RunActions.Commit(services.Context, [.. files.Select(WorkspacePath.OfDisk)], message),
                cancellationToken
            );
            if (outcome.Value is { } commit)
            {
                services.Emit(new Committed(commit.Sha, message));
                return end with { Message = $"{end.Message} Committed as {commit.Sha[..10]}." };
            }
            why = outcome.Decision.Reason;
        }
        catch (WorkspaceException refused)
        {
            why = refused.Message; // no repository, no author, a merge in progress: the change is solved all the same
        }
        services.Emit(new NoticeRaised(Severity.Warning, "Nothing was committed", why));
        return end;
    }
}

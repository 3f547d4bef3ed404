using CodexSidecar.Contracts;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Faces.Acp;

/// <param name="Client">What the client can draw.</param>
/// <param name="Workspace">Absolute; paths on the wire are absolute.</param>
/// <param name="Texts">The whole texts of a patch as it was proposed, by the run's id and its own.</param>
/// <param name="Replay">The run is shown again: questions are not asked, notices not repeated.</param>
internal sealed record AcpDrawing(
    AcpClient Client,
    string Workspace,
    Func<string, string, IReadOnlyList<PatchText>> Texts,
    bool Replay = false
);

/// <summary>RunEvent to ACP messages. Live runs, session/load and run/replay all go through <see cref="Map"/>; it is pure.</summary>
internal static class AcpMapping
{
    /// <summary>Draws one event. For a client with our extras exactly one of the messages, the last, carries the event itself; to others a
    /// message that says nothing is not sent.</summary>
    public static (AcpView View, IReadOnlyList<SessionUpdate> Updates) Map(AcpView view, EventEnvelope envelope, AcpDrawing drawing)
    {
        if (envelope.Event is RunStarted started)
        {
            view = AcpView.Of(envelope.RunId, (Level)started.Level) with { Patches = view.Patches };
        }
        else if (view.RunId != envelope.RunId)
        {
            view = view with { RunId = envelope.RunId };
        }
        var (next, updates) = Draw(view, envelope, drawing);
        if (!drawing.Client.Extras)
        {
            return (next, [.. updates.Where(SaysSomething)]);
        }
        if (envelope.Event is PermissionAsked && !drawing.Replay)
        {
            return (next, updates);
        }
        if (updates.Count == 0)
        {
            updates = [new InfoUpdate()];
        }
        return (next, [.. updates.SkipLast(1), updates[^1] with { Meta = MetaOf(envelope) }]);
    }

    public static EventMeta MetaOf(EventEnvelope envelope) =>
        new(new EventExtras(1, envelope.Seq, envelope.At, envelope.RunId, envelope.Event));

    /// <summary>The tool call a question is about: the patch, the command's own, or one made for the question.</summary>
    public static (string CallId, bool Own) CallOf(AcpView view, PermissionAsked ask) =>
        ask.Subject == AskSubject.Patch && view.Patch is { } patch ? (view.CallId(patch.PatchId), false)
        : ask.ToolCallId is { } id ? (view.CallId(id), false)
        : (view.CallId(ask.AskId), true);

    private static (AcpView, IReadOnlyList<SessionUpdate>) Draw(AcpView view, EventEnvelope envelope, AcpDrawing drawing) =>
        envelope.Event.Map(new AcpDrawer(view, envelope, drawing));

    private static bool SaysSomething(SessionUpdate update) =>
        update is not (InfoUpdate { Title: null, UpdatedAt: null } or ToolCallUpdate { Status: null, Content: null, RawOutput: null });
}

/// <summary>One event of a run as ACP messages: a member for each kind.</summary>
internal sealed class AcpDrawer(AcpView view, EventEnvelope envelope, AcpDrawing drawing)
    : IRunEventMapping<(AcpView, IReadOnlyList<SessionUpdate>)>
{
    public (AcpView, IReadOnlyList<SessionUpdate>) Map(RunStarted e) =>
        (
            view,
            drawing.Replay
                ? [new UserMessageChunk(view.CallId("task"), new TextBlock(e.Task)), new InfoUpdate(TitleText.FirstLine(e.Task))]
                : [new InfoUpdate(TitleText.FirstLine(e.Task))]
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(StageStarted e) =>
        AcpRows.Plan(view with { Plan = e is { Stage: Stage.Tests, Attempt: 0 } ? view.Plan : view.Plan.Start(e.Stage) });

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(StageFinished e) =>
        AcpRows.Plan(view with { Plan = e.Outcome == StageOutcome.Failed || e.Attempt == 0 ? view.Plan : view.Plan.Finish(e.Stage) });

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(MessageAdded e) =>
        (view, [new AgentMessageChunk(view.CallId(e.MessageId), new TextBlock(e.Text))]);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(ThoughtAdded e) =>
        (view, [new AgentThoughtChunk(view.CallId(e.MessageId), new TextBlock(e.Text))]);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(ToolStarted e) => AcpRows.ToolStart(view, e, drawing);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(ToolFinished e) => AcpRows.Finish(view, view.CallId(e.ToolCallId), e.Ok, e.Summary);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(ModelProgressed fact) => (view, []);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(PlanProposed e) =>
        (view, [new AgentMessageChunk(view.CallId(e.PlanId), new TextBlock(AcpWords.Plan(e)))]);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(ConsiliumOpened e) =>
        AcpRows.Start(
            view with
            {
                Votes = [],
            },
            new ToolCall(AcpRows.Round(view, e.Round), $"Consilium, round {e.Round}: {e.Roles.Count} roles", "think", "in_progress")
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(VoteCast e) =>
        AcpRows.Vote(view with { Votes = view.Votes.RemoveAll(vote => vote.Role == e.Vote.Role).Add(e.Vote) }, e);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(VotesTallied e) =>
        AcpRows.Finish(
            view with
            {
                Plan = view.Plan.WithChecklist(e.Checklist),
            },
            AcpRows.Round(view, e.Round),
            ok: true,
            AcpWords.Votes(view.Votes, e)
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(Overruled e) =>
        (
            view,
            [
                new AgentMessageChunk(
                    view.CallId($"overruled-{envelope.Seq}"),
                    new TextBlock(
                        e.Accepted
                            ? "The plan is carried out although the consilium voted it down."
                            : "The plan is not carried out although the consilium approved it."
                    )
                ),
            ]
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(PatchProposed e) =>
        AcpPatchRows.Patch(view with { Patch = e, Patches = view.Patches.SetItem(view.CallId(e.PatchId), new(e, [])) }, e, drawing);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(PermissionAsked e) => AcpRows.Ask(view, e, drawing);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(PermissionAnswered e) => AcpRows.Answered(view, e);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(HunksDecided e) => AcpPatchRows.Decided(view, e);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(SnapshotTaken fact) =>
        (
            view,
            view.Patch is { } patch && view.OpenCalls.Contains(view.CallId(patch.PatchId))
                ? [new ToolCallUpdate(view.CallId(patch.PatchId))]
                : []
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(PatchApplied e) => AcpPatchRows.Applied(view, e, drawing);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(PatchFailed e) =>
        AcpRows.Finish(view, view.CallId(e.PatchId), ok: false, string.Join('\n', e.Files.Select(file => $"{file.Path}: {file.Message}")));

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(TestsStarted e) =>
        AcpRows.Start(
            view with
            {
                TestOutput = "",
                TestUnshown = 0,
                TestShownAt = default,
            },
            new ToolCall(AcpTestRows.CallOf(view, e.Attempt), e.Command, "execute", "in_progress", RawInput: AcpRows.Input(e.Command))
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(TestsOutput e) => AcpTestRows.Text(view, e, envelope.At);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(TestsFinished e) => AcpTestRows.End(view, e);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(RolledBack e) =>
        (view, [new ToolCall(view.CallId($"rollback-{envelope.Seq}"), $"Roll back: {e.Reason}", "other", "completed")]);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(Committed e) =>
        (
            view,
            [
                new ToolCall(
                    view.CallId($"commit-{envelope.Seq}"),
                    "git commit",
                    "execute",
                    "completed",
                    Content: AcpRows.Text($"{e.Sha}: {e.Message}")
                ),
            ]
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(UsageCounted e) => (view, [new UsageUpdate(e.Used, e.Size)]);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(NoticeRaised e) => (view, AcpRows.NoticeOf(view, e, envelope.Seq, drawing));

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(TrackRecordUpdated fact) => (view, []);

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(ReportWritten e) =>
        (
            view with
            {
                IsReported = true,
            },
            [
                new AgentMessageChunk(view.CallId("report"), new TextBlock(AcpWords.Report(e.Report))),
                new AgentMessageChunk(view.CallId("report"), new LinkBlock(new Uri(e.Path).AbsoluteUri, "Report", "text/markdown")),
            ]
        );

    public (AcpView, IReadOnlyList<SessionUpdate>) Map(RunFinished e) => AcpRows.Finished(view, e, envelope.At);
}

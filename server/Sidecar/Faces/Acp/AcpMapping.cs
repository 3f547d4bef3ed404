using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
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
    /// <summary>The output is sent whole each time, so not with every piece of it: after so long, or when so much of it is new.</summary>
    private static readonly TimeSpan TestPause = TimeSpan.FromMilliseconds(500);
    private const int TestNews = TestTail / 2;

    private const int TestTail = 16 << 10,
        DiffLimit = 1 << 20,
        MessageLimit = 6 << 20;

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
        envelope.Event.Map(new Drawer(view, envelope, drawing));

    private sealed class Drawer(AcpView view, EventEnvelope envelope, AcpDrawing drawing)
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
            Plan(view with { Plan = e is { Stage: Stage.Tests, Attempt: 0 } ? view.Plan : view.Plan.Start(e.Stage) });

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(StageFinished e) =>
            Plan(view with { Plan = e.Outcome == StageOutcome.Failed || e.Attempt == 0 ? view.Plan : view.Plan.Finish(e.Stage) });

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(MessageAdded e) =>
            (view, [new AgentMessageChunk(view.CallId(e.MessageId), new TextBlock(e.Text))]);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(ThoughtAdded e) =>
            (view, [new AgentThoughtChunk(view.CallId(e.MessageId), new TextBlock(e.Text))]);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(ToolStarted e) => ToolStart(view, e, drawing);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(ToolFinished e) => Finish(view, view.CallId(e.ToolCallId), e.Ok, e.Summary);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(ModelProgressed fact) => (view, []);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(PlanProposed e) =>
            (view, [new AgentMessageChunk(view.CallId(e.PlanId), new TextBlock(AcpWords.Plan(e)))]);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(ConsiliumOpened e) =>
            Start(
                view with
                {
                    Votes = [],
                },
                new ToolCall(Round(view, e.Round), $"Consilium, round {e.Round}: {e.Roles.Count} roles", "think", "in_progress")
            );

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(VoteCast e) =>
            Vote(view with { Votes = view.Votes.RemoveAll(vote => vote.Role == e.Vote.Role).Add(e.Vote) }, e);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(VotesTallied e) =>
            Finish(
                view with
                {
                    Plan = view.Plan.WithChecklist(e.Checklist),
                },
                Round(view, e.Round),
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
            Patch(view with { Patch = e, Patches = view.Patches.SetItem(view.CallId(e.PatchId), new(e, [])) }, e, drawing);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(PermissionAsked e) => Ask(view, e, drawing);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(PermissionAnswered e) => Answered(view, e);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(HunksDecided e) => Decided(view, e);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(SnapshotTaken fact) =>
            (
                view,
                view.Patch is { } patch && view.OpenCalls.Contains(view.CallId(patch.PatchId))
                    ? [new ToolCallUpdate(view.CallId(patch.PatchId))]
                    : []
            );

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(PatchApplied e) => Applied(view, e, drawing);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(PatchFailed e) =>
            Finish(view, view.CallId(e.PatchId), ok: false, string.Join('\n', e.Files.Select(file => $"{file.Path}: {file.Message}")));

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(TestsStarted e) =>
            Start(
                view with
                {
                    TestOutput = "",
                    TestUnshown = 0,
                    TestShownAt = default,
                },
                new ToolCall(Tests(view, e.Attempt), e.Command, "execute", "in_progress", RawInput: Input(e.Command))
            );

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(TestsOutput e) => TestText(view, e, envelope.At);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(TestsFinished e) => TestEnd(view, e);

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
                        Content: Text($"{e.Sha}: {e.Message}")
                    ),
                ]
            );

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(UsageCounted e) => (view, [new UsageUpdate(e.Used, e.Size)]);

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(NoticeRaised e) => (view, NoticeOf(view, e, envelope.Seq, drawing));

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

        public (AcpView, IReadOnlyList<SessionUpdate>) Map(RunFinished e) => Finished(view, e, envelope.At);
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) Plan(AcpView view) => (view, [view.DrawPlan()]);

    private static (AcpView, IReadOnlyList<SessionUpdate>) Start(AcpView view, ToolCall call) => (view.Open(call.ToolCallId), [call]);

    private static (AcpView, IReadOnlyList<SessionUpdate>) Finish(AcpView view, string callId, bool ok, string text) =>
        (view.Close(callId), [new ToolCallUpdate(callId, ok ? "completed" : "failed", text.Length == 0 ? null : Text(text))]);

    private static (AcpView, IReadOnlyList<SessionUpdate>) ToolStart(AcpView view, ToolStarted e, AcpDrawing drawing)
    {
        var (title, kind) = AcpWords.Tool(e.Tool, e.Input);
        return Start(
            view,
            new ToolCall(
                view.CallId(e.ToolCallId),
                title,
                kind,
                "in_progress",
                AcpWords.PathOf(e.Input) is { } path ? [new ToolLocation(Path.Join(drawing.Workspace, path))] : null,
                RawInput: kind == "execute" ? e.Input : null
            )
        );
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) Vote(AcpView view, VoteCast e) =>
        (view, [new ToolCallUpdate(Round(view, e.Round), Content: Text(AcpWords.Votes(view.Votes)))]);

    private static (AcpView, IReadOnlyList<SessionUpdate>) Patch(AcpView view, PatchProposed e, AcpDrawing drawing) =>
        Start(
            view,
            new ToolCall(
                view.CallId(e.PatchId),
                AcpWords.PatchTitle(e),
                "edit",
                "pending",
                [
                    .. e.Files.Select(file => new ToolLocation(
                        Path.Join(drawing.Workspace, file.Path),
                        file.Hunks.Count > 0 ? Math.Max(1, file.Hunks[0].NewStart) : null
                    )),
                ],
                Diffs(view, new(e, []), drawing)
            )
        );

    private static (AcpView, IReadOnlyList<SessionUpdate>) Ask(AcpView view, PermissionAsked e, AcpDrawing drawing)
    {
        var call = CallOf(view, e);
        var next = (call.Own ? view.Open(call.CallId) : view) with { Asks = view.Asks.SetItem(e.AskId, call) };
        // Live, the question itself goes out as session/request_permission behind this and carries the event.
        return (
            next,
            call.Own
                ?
                [
                    e.Subject is AskSubject.Command
                        ? new ToolCall(call.CallId, e.Question, "execute", "pending", RawInput: Input(e.Question))
                        : new ToolCall(call.CallId, e.Question, "think", "pending"),
                ]
            : drawing.Replay ? [new ToolCallUpdate(call.CallId)]
            : []
        );
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) Answered(AcpView view, PermissionAnswered e)
    {
        if (!view.Asks.TryGetValue(e.AskId, out var call))
        {
            return (view, []);
        }
        if (e.Allowed && !call.Own)
        {
            return (view, [new ToolCallUpdate(call.CallId, "in_progress")]);
        }
        return Finish(view, call.CallId, e.Allowed, e.Allowed ? "" : $"Refused by {Wire.Name(e.By)}.");
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) Decided(AcpView view, HunksDecided e)
    {
        var callId = view.CallId(e.PatchId);
        if (view.Patches.TryGetValue(callId, out var row))
        {
            var decided = e.Decisions.ToLookup(decision => decision.Accept, decision => decision.HunkId);
            view = view with
            {
                Patches = view.Patches.SetItem(callId, row with { LeftOut = row.LeftOut.Except(decided[true]).Union(decided[false]) }),
            };
        }
        // Decided after the run: what became of it is in the patch_applied behind this.
        if (!view.OpenCalls.Contains(callId))
        {
            return (view, [new ToolCallUpdate(callId)]);
        }
        return e.Decisions.All(decision => !decision.Accept)
            ? Finish(view, callId, ok: false, "No hunk was accepted.")
            : (view, [new ToolCallUpdate(callId, "in_progress")]);
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) Applied(AcpView view, PatchApplied e, AcpDrawing drawing)
    {
        var callId = view.CallId(e.PatchId);
        // Applied as proposed: the client has those diffs already.
        var content =
            view.Patches.TryGetValue(callId, out var row) && (row.LeftOut.Count > 0 || !view.OpenCalls.Contains(callId))
                ? Diffs(view, row, drawing)
                : null;
        return (view.Close(callId), [new ToolCallUpdate(callId, "completed", content)]);
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) TestText(AcpView view, TestsOutput e, DateTimeOffset at)
    {
        var callId = Tests(view, e.Attempt);
        view = view with { TestOutput = Tail(view.TestOutput + e.Text), TestUnshown = view.TestUnshown + e.Text.Length };
        return at - view.TestShownAt < TestPause && view.TestUnshown < TestNews
            ? (view, [new ToolCallUpdate(callId)])
            : (
                view with
                {
                    TestShownAt = at,
                    TestUnshown = 0,
                },
                [new ToolCallUpdate(callId, Content: Text(AcpWords.Block(view.TestOutput)))]
            );
    }

    private static (AcpView, IReadOnlyList<SessionUpdate>) TestEnd(AcpView view, TestsFinished e)
    {
        var callId = Tests(view, e.Attempt);
        var passed = e.Result.Outcome == TestOutcome.Passed;
        var failures = AcpWords.Failures(e.Result);
        return (
            view.Close(callId),
            [
                new ToolCallUpdate(
                    callId,
                    passed ? "completed" : "failed",
                    failures.Length == 0 && view.TestUnshown == 0
                        ? null
                        :
                        [
                            .. failures.Length == 0 ? [] : Text(failures),
                            .. view.TestOutput.Length == 0 ? [] : Text(AcpWords.Block(view.TestOutput)),
                        ],
                    new AcpTestCounts(e.Result.Passed, e.Result.Failed, e.Result.Skipped, e.Result.ExitCode)
                ),
            ]
        );
    }

    private static IReadOnlyList<SessionUpdate> NoticeOf(AcpView view, NoticeRaised e, long seq, AcpDrawing drawing) =>
        drawing.Replay ? []
        : drawing.Client.Notices ? [new Notice(e.Severity, e.Title, e.Description)]
        : e.Severity == Severity.Info ? []
        : [new AgentMessageChunk(view.CallId($"notice-{seq}"), new TextBlock($"{e.Title}\n\n{e.Description}"))];

    private static (AcpView, IReadOnlyList<SessionUpdate>) Finished(AcpView view, RunFinished e, DateTimeOffset at)
    {
        var solved = e.Stop is StopReason.Done or StopReason.NothingToDo;
        var ended = view with { Plan = view.Plan.End(solved), OpenCalls = [], IsReported = false };
        return (
            ended,
            [
                .. view.OpenCalls.Order(StringComparer.Ordinal).Select(callId => new ToolCallUpdate(callId, "failed")),
                // A report says it all; without one (the disk is full) the last message is all there is.
                .. solved && view.IsReported
                    ? Array.Empty<SessionUpdate>()
                    : [new AgentMessageChunk(view.CallId("end"), new TextBlock(e.Message))],
                ended.DrawPlan(),
                new InfoUpdate(UpdatedAt: at),
            ]
        );
    }

    private static IReadOnlyList<ToolContent> Diffs(AcpView view, PatchRow row, AcpDrawing drawing)
    {
        var (patch, leftOut) = row;
        var texts = drawing.Texts(view.RunId, patch.PatchId).ToDictionary(text => text.Path, StringComparer.Ordinal);
        var room = MessageLimit;
        return
        [
            .. patch
                .Files.Where(file => file.Hunks.Count == 0 || file.Hunks.Any(hunk => !leftOut.Contains(hunk.HunkId)))
                .Select(file =>
                {
                    var text = texts.GetValueOrDefault(file.Path);
                    var size = (text?.OldText?.Length ?? 0) + (text?.NewText?.Length ?? 0);
                    if (text is null || size > DiffLimit || size > room)
                    {
                        return Text($"{file.Path}: too large to show, {file.Hunks.Count} hunks")[0];
                    }
                    room -= size;
                    return new DiffContent(
                        Path.Join(drawing.Workspace, file.Path),
                        text.OldText,
                        HunkText.Without(text, file.Hunks, leftOut)
                    );
                }),
        ];
    }

    private static bool SaysSomething(SessionUpdate update) =>
        update is not (InfoUpdate { Title: null, UpdatedAt: null } or ToolCallUpdate { Status: null, Content: null, RawOutput: null });

    private static string Round(AcpView view, int round) => view.CallId($"consilium-{round}");

    private static string Tests(AcpView view, int attempt) => view.CallId($"tests-{attempt}");

    private static IReadOnlyList<ToolContent> Text(string text) => [new BlockContent(new TextBlock(text))];

    private static string Tail(string text) => text.Length <= TestTail ? text : text[^TestTail..];

    private static JsonElement Input(string command) =>
        JsonSerializer.SerializeToElement(new CommandInput(command), AcpJson.Wire.CommandInput);
}

using System.Text.Json;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>The plan, the tool calls, the questions and the end of a run, as a client draws them.</summary>
internal static class AcpRows
{
    public static (AcpView, IReadOnlyList<SessionUpdate>) Plan(AcpView view) => (view, [view.DrawPlan()]);

    public static (AcpView, IReadOnlyList<SessionUpdate>) Start(AcpView view, ToolCall call) => (view.Open(call.ToolCallId), [call]);

    public static (AcpView, IReadOnlyList<SessionUpdate>) Finish(AcpView view, string callId, bool ok, string text) =>
        (view.Close(callId), [new ToolCallUpdate(callId, ok ? "completed" : "failed", text.Length == 0 ? null : Text(text))]);

    public static (AcpView, IReadOnlyList<SessionUpdate>) ToolStart(AcpView view, ToolStarted e, AcpDrawing drawing)
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

    public static (AcpView, IReadOnlyList<SessionUpdate>) Vote(AcpView view, VoteCast e) =>
        (view, [new ToolCallUpdate(Round(view, e.Round), Content: Text(AcpWords.Votes(view.Votes)))]);

    public static (AcpView, IReadOnlyList<SessionUpdate>) Ask(AcpView view, PermissionAsked e, AcpDrawing drawing)
    {
        var call = AcpMapping.CallOf(view, e);
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

    public static (AcpView, IReadOnlyList<SessionUpdate>) Answered(AcpView view, PermissionAnswered e)
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

    public static IReadOnlyList<SessionUpdate> NoticeOf(AcpView view, NoticeRaised e, long seq, AcpDrawing drawing) =>
        drawing.Replay ? []
        : drawing.Client.Notices ? [new Notice(e.Severity, e.Title, e.Description)]
        : e.Severity == Severity.Info ? []
        : [new AgentMessageChunk(view.CallId($"notice-{seq}"), new TextBlock($"{e.Title}\n\n{e.Description}"))];

    public static (AcpView, IReadOnlyList<SessionUpdate>) Finished(AcpView view, RunFinished e, DateTimeOffset at)
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

    public static string Round(AcpView view, int round) => view.CallId($"consilium-{round}");

    public static IReadOnlyList<ToolContent> Text(string text) => [new BlockContent(new TextBlock(text))];

    public static JsonElement Input(string command) =>
        JsonSerializer.SerializeToElement(new CommandInput(command), AcpJson.Wire.CommandInput);
}

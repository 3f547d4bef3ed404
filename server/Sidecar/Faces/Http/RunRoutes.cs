using System.Globalization;
using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CodexSidecar.Faces.Http;

/// <param name="Report">Null while it works.</param>
internal sealed record RunState(string RunId, RunStatus State, string Task, StopReason? Stop, string? Detail, Report? Report);

internal sealed record RunCancelled(string RunId, bool Cancelled);

/// <summary>The runs of this workspace: state and report, events as they are in the log, cancelling.</summary>
internal sealed class RunRoutes(HttpOrder order, SidecarHome home, TimeProvider time, RunRegistry runs)
{
    private readonly RunStore store = new(home, time);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/runs/{id}", context => StateAsync(context, Find(context)));
        app.MapGet("/runs/{id}/events", context => EventsAsync(context, Find(context)));
        app.MapPost("/runs/{id}/cancel", CancelAsync);
    }

    private RunSummary Find(HttpContext context) =>
        store.Find((string)context.Request.RouteValues["id"]!) is { } run
        && WorkspaceName.Real(run.Workspace) == WorkspaceName.Real(order.Settings.Workspace)
            ? run
            : throw new HttpError(404, "not_found", "There is no such run in this workspace. codex-sidecar runs list shows them.");

    private Task StateAsync(HttpContext context, RunSummary run)
    {
        var report = store.Events(run).Select(happened => happened.Event).OfType<ReportWritten>().LastOrDefault()?.Report;
        return HttpWords.WriteAsync(
            context.Response,
            new RunState(run.RunId, run.State, run.Task, run.Stop, run.Detail, report),
            HttpJson.Wire.RunState
        );
    }

    /// <summary>Server-sent events: those after a number, then the live ones, to the end of the run.</summary>
    private async Task EventsAsync(HttpContext context, RunSummary run)
    {
        var after = long.TryParse(context.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : 0;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await foreach (var happened in store.EventsAsync(run, after, context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes($"data: {JsonSerializer.Serialize(happened, ContractJson.Wire.EventEnvelope)}\n\n"),
                context.RequestAborted
            );
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private Task CancelAsync(HttpContext context)
    {
        var run = Find(context);
        var live = runs.Find(run.RunId);
        live?.Cancel();
        return HttpWords.WriteAsync(
            context.Response,
            new RunCancelled(run.RunId, live is { Answer.IsEnded: false }),
            HttpJson.Wire.RunCancelled
        );
    }
}

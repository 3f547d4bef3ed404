using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CodexSidecar.Faces.Http;

/// <summary>The agent's tools by HTTP: the same entrance, and so the same policy, audit, limits and undo, as for the agent
/// itself.</summary>
internal sealed class ToolRoutes(HttpOrder order, SidecarHome home, TimeProvider time) : IDisposable
{
    public const int AtOnce = 8,
        Waiting = 248;

    private static readonly TimeSpan LongestWrite = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim turns = new(AtOnce);
    private int inside;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/tools", context =>
            HttpWords.WriteAsync(context.Response, List(HttpWords.LevelOf(context.Request, order.Settings.Level)), HttpJson.Wire.ToolList)
        );
        app.MapPost("/tools/{name}", CallAsync);
        app.MapGet("/openapi.json", async context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(OpenApi.Document, context.RequestAborted);
        });
    }

    public void Dispose() => turns.Dispose();

    private static ToolList List(Level level) =>
        new(Wire.Name(level), [.. ToolEntrance.Tools.Select(tool => new ToolCard(tool.Name, tool.Purpose, tool.ReadsOnly, tool.Schema))]);

    private async Task CallAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        var tool = ToolEntrance.Tools.FirstOrDefault(one => one.Name == name)
            ?? throw new HttpError(
                404,
                "not_found",
                $"There is no tool \"{name}\". The tools are {string.Join(", ", ToolEntrance.Tools.Select(one => one.Name))}."
            );
        var settings = order.Settings with { Level = HttpWords.LevelOf(context.Request, order.Settings.Level) };
        var caller = new Caller(HttpWords.Client(context.Request), "http");
        var input = await HttpWords.ReadAsync(context.Request, context.RequestAborted);
        ToolSchema.Check(tool.Schema, input);
        await InTurnAsync(
            () => RunAsync(settings, caller, name, input, context.RequestAborted),
            reply => HttpWords.WriteAsync(context.Response, reply, HttpJson.Wire.ToolReply),
            context.RequestAborted
        );
    }

    /// <summary>A turn lasts until the answer is out, so that answers do not pile up in memory; a client that is slow to read gives it back
    /// after a moment.</summary>
    private async Task InTurnAsync(Func<Task<ToolReply>> call, Func<ToolReply, Task> write, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref inside) > AtOnce + Waiting)
            {
                throw new HttpError(429, "too_many", $"{AtOnce} calls are under way and {Waiting} wait. Send this one again in a moment.");
            }
            await turns.WaitAsync(cancellationToken);
            Task written;
            try
            {
                written = write(await call());
                await Task.WhenAny(written, Task.Delay(LongestWrite, time, cancellationToken));
            }
            finally
            {
                turns.Release();
            }
            await written;
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    private async Task<ToolReply> RunAsync(
        RunSettings settings,
        Caller caller,
        string tool,
        JsonElement input,
        CancellationToken cancellationToken
    )
    {
        var wasAsked = false;
        try
        {
            var answer = await new ToolEntrance(home, time).RunAsync(
                settings,
                caller,
                tool,
                input,
                (question, _) =>
                {
                    var given = HttpAsk.Answer(question, order.Allow);
                    wasAsked |= !given.Allowed;
                    return Task.FromResult(given);
                },
                cancellationToken
            );
            // A command that ran is an answer, whatever it ended with.
            return answer.Ok || answer.ExitCode is not null
                ? new(new(answer.Text, answer.ExitCode, answer.Undo, answer.Rule))
                : throw Refusal(answer, settings.Level, wasAsked);
        }
        catch (BusyException busy)
        {
            throw new HttpError(423, "workspace_busy", busy.Message);
        }
        catch (UsageException broken)
        {
            throw new HttpError(409, "not_configured", broken.Message);
        }
    }

    private static HttpError Refusal(ToolAnswer answer, Level level, bool wasAsked)
    {
        var (status, code) = answer switch
        {
            { End: ToolEnd.NotUsable } => (422, "bad_argument"),
            { End: ToolEnd.Refused, Code: "path" } => (403, "outside_workspace"),
            { End: ToolEnd.Refused } => (403, wasAsked ? "needs_answer" : "denied"),
            { Code: "missing" } => (404, "not_found"),
            { Code: "size" } => (413, "too_large"),
            { Code: "kind" } => (422, "bad_argument"),
            _ => (409, "conflict"),
        };
        return new(
            status,
            code,
            (answer.End is ToolEnd.Refused ? answer.Reason : null) ?? answer.Text.TrimEnd(),
            code == "bad_argument" ? "$" : null
        )
        {
            Details = status == 403 ? new(Wire.Name(level), answer.Rule) : null,
        };
    }
}

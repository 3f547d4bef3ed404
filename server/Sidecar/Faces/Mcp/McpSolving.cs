using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CodexSidecar.Faces.Mcp;

/// <summary>The tool solve_task: one run from the request to the report, with its steps as progress.</summary>
internal sealed class McpSolving(SidecarHome home, RunSettings settings, TimeProvider time, Func<PermissionAsked, Answer>? unasked)
{
    public async Task<CallToolResult> RunAsync(
        RequestContext<CallToolRequestParams> request,
        JsonElement input,
        CancellationToken cancellationToken
    )
    {
        var run = Request(input) with { Caller = new(McpQuestion.NameOf(request.Server), "mcp") };
        await using var session = Session.Open(home, settings.Workspace, time);
        // When nobody can be told any more, the run ends too.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var progress = new McpProgress(request, time);
        var (working, beating) = (session.RunAsync(run, ends.Token), progress.BeatAsync(ends.Token));
        try
        {
            var solved = await FollowAsync(session, new McpQuestion(request.Server, unasked), progress, cancellationToken);
            return McpMapping.Of(solved, await working);
        }
        finally
        {
            await ends.CancelAsync();
            await Task.WhenAll(working, beating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<McpSolved> FollowAsync(
        Session session,
        McpQuestion question,
        McpProgress progress,
        CancellationToken cancellationToken
    )
    {
        var solved = McpSolved.Start;
        // Not cancelled with the call: the run's last event is still to come.
        await foreach (var envelope in session.EventsAsync(CancellationToken.None))
        {
            cancellationToken.ThrowIfCancellationRequested();
            solved = solved.With(envelope.Event);
            if (McpMapping.Step(envelope.Event) is { } step)
            {
                await progress.TellAsync(step, cancellationToken);
            }
            if (envelope.Event is not PermissionAsked asked)
            {
                continue;
            }
            var answer = await question.AskAsync(asked, cancellationToken);
            session.Answer(asked.AskId, answer);
            // What goes on without an answer was not denied.
            solved =
                answer.Allowed || (answer.By is AnsweredBy.Face && asked.GoesOn is true)
                    ? solved
                    : solved with
                    {
                        Denied =
                        [
                            .. solved.Denied,
                            answer.By is AnsweredBy.Face
                                ? $"{asked.Question} ({asked.Reason} Nobody could be asked here.)"
                                : asked.Question,
                        ],
                    };
        }
        return solved;
    }

    /// <exception cref="UsageException">The input cannot be used.</exception>
    private RunRequest Request(JsonElement input)
    {
        var task =
            Text(input, "task") is { } text && !string.IsNullOrWhiteSpace(text)
                ? text
                : throw new UsageException("\"task\" is missing: say what is wanted, in plain words.");
        var level = Text(input, "level") is { } named ? Named(named) : settings.Level;
        // A client may lower the user's level, never raise it.
        return new RunRequest(task, settings with { Level = level < settings.Level ? level : settings.Level })
        {
            Attachments =
                input.TryGetProperty("files", out var files) && files.ValueKind is JsonValueKind.Array
                    ?
                    [
                        .. files
                            .EnumerateArray()
                            .Where(file => file.ValueKind is JsonValueKind.String)
                            .Select(file => new Attachment(file.GetString()!, null)),
                    ]
                    : [],
        };
    }

    private static Level Named(string name) =>
        Wire.Find<Level>(name)
        ?? throw new UsageException(
            $"There is no level \"{name}\"; the levels are {string.Join(", ", Enum.GetValues<Level>().Select(Wire.Name))}."
        );

    private static string? Text(JsonElement input, string name) =>
        !input.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind is JsonValueKind.String ? value.GetString()
        : throw new UsageException($"\"{name}\" has to be text.");
}

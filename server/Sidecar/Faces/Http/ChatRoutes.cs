using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CodexSidecar.Faces.Http;

/// <summary>What OpenAI's clients call: a task becomes a run, small wishes go to the user's own model.</summary>
internal sealed class ChatRoutes(HttpOrder order, SidecarHome home, TimeProvider time, RunRegistry runs, Func<string, string> log)
{
    private const int UsualTokens = 2_048,
        TitleWords = 4;

    private readonly Conversations conversations = new();
    private readonly ModelEntrance model = new(home, order.Settings, time);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/chat/completions", ChatAsync);
        app.MapPost("/v1/completions", context => PassOnAsync(context, "completions"));
        app.MapPost("/v1/embeddings", context => PassOnAsync(context, "embeddings"));
        app.MapPost("/v1/responses", _ =>
            throw new HttpError(
                404,
                "not_found",
                "There is no /v1/responses here. Clients use it when the model's name contains gpt-5 or begins with o and a digit: "
                    + "name the model codex-sidecar."
            )
        );
    }

    private async Task ChatAsync(HttpContext context)
    {
        var request = ChatRequest.Read(await HttpWords.ReadAsync(context.Request, context.RequestAborted));
        var kind = Classify.Of(request);
        switch (kind.Class)
        {
            case ChatClass.Title:
                await SayAsync(context, request, Title(request));
                break;
            case ChatClass.Image:
                throw new HttpError(400, "image_unsupported", "Pictures cannot be looked at here. Send the task in words.", "$.messages");
            case ChatClass.Task:
                await RunAsync(context, request, kind);
                break;
            default:
                await AskAsync(context, request, kind);
                break;
        }
    }

    private async Task RunAsync(HttpContext context, ChatRequest request, ChatKind kind)
    {
        var settings = order.Settings with
        {
            ShowPatch = true,
            Level = kind.ReadOnly ? Level.ReadOnly : HttpWords.LevelOf(context.Request, order.Settings.Level),
        };
        var isRetry = int.TryParse(context.Request.Headers["x-stainless-retry-count"].ToString(), out var count) && count > 0;
        var key = RunRegistry.Key(request, settings);
        var notice = ClientPrompt.ForeignFolder(request, settings.Workspace) is { } folder
            ? $"The client says that it works in {folder}; this server works in {settings.Workspace}\n"
            : null;
        var run = runs.Join(
            key,
            ClientPrompt.Read(request, settings, HttpWords.Client(context.Request)),
            conversations.SessionOf(request),
            isRetry,
            notice
        );
        using var reading = run.Read();
        context.Response.Headers["X-Codex-Sidecar-Task"] = key[..12];
        var writer = new ChatWriter(request, $"chatcmpl-{key[..12]}", time)
        {
            Ending = said => conversations.Keep(request, said, run.SessionId),
        };
        run.IsDelivered |= await writer.WriteAsync(context.Response, run.Answer, context.RequestAborted);
    }

    /// <summary>The user's model and no run: nothing is read, written or executed.</summary>
    private async Task AskAsync(HttpContext context, ChatRequest request, ChatKind kind)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var answer = new LiveAnswer();
        var turns = request
            .Turns.Where(turn => turn.Text.Length > 0)
            .Select(turn => new ModelTurn(
                turn.Role,
                kind.Class is ChatClass.Edit or ChatClass.Apply ? Classify.Plain(turn.Text) : turn.Text
            ));
        var asking = AskAsync(answer, [.. turns], request, kind, gone.Token);
        try
        {
            await new ChatWriter(request, $"chatcmpl-{Guid.NewGuid():n}", time).WriteAsync(
                context.Response,
                answer,
                context.RequestAborted
            );
        }
        finally
        {
            await gone.CancelAsync();
            await asking;
        }
    }

    private Task AskAsync(
        LiveAnswer answer,
        IReadOnlyList<ModelTurn> turns,
        ChatRequest request,
        ChatKind kind,
        CancellationToken cancellationToken
    ) =>
        answer.FillAsync(
            async () =>
            {
                var said = await model.AskAsync(
                    turns,
                    request.MaxTokens ?? UsualTokens,
                    kind.Class is ChatClass.Chat ? request.Passed : Steady(request.Passed),
                    text => answer.Add(new(AnswerPieceKind.Content, text)),
                    cancellationToken
                );
                answer.Add(
                    said.Problem is { } problem
                        ? new(AnswerPieceKind.Error, problem, said.Code)
                        : new(AnswerPieceKind.End) { Finish = said.Finish, Usage = Counted(said) }
                );
            },
            log
        );

    /// <summary>Edits and summaries for which the client says nothing else come out the same each time.</summary>
    private static Dictionary<string, JsonElement> Steady(IReadOnlyDictionary<string, JsonElement> passed)
    {
        var all = new Dictionary<string, JsonElement>(passed);
        all.TryAdd("temperature", JsonElement.Parse("0.2"));
        all.TryAdd("seed", JsonElement.Parse("0"));
        return all;
    }

    private static ChatUsage Counted(ModelSaid said)
    {
        static int Tokens(long count) => (int)Math.Min(count, int.MaxValue);
        return new(Tokens(said.PromptTokens), Tokens(said.OutputTokens), Tokens(said.PromptTokens + said.OutputTokens))
        {
            Details = said.CachedTokens is { } cached ? new(Tokens(cached)) : null,
        };
    }

    private async Task SayAsync(HttpContext context, ChatRequest request, string text)
    {
        var answer = new LiveAnswer();
        answer.Add(new(AnswerPieceKind.Content, text));
        answer.Add(new(AnswerPieceKind.End));
        await new ChatWriter(request, $"chatcmpl-{Guid.NewGuid():n}", time).WriteAsync(context.Response, answer, context.RequestAborted);
    }

    private static string Title(ChatRequest request)
    {
        var text = request.LastUser.Text.TrimStart();
        var words = text[Math.Max(0, text.IndexOf("\n\n", StringComparison.Ordinal))..]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Take(TitleWords)
            .ToList();
        return words.Count == 0 ? "New task" : ExecutableText.Break(string.Join(' ', words).TrimEnd('.', ',', ':', ';'), out _);
    }

    /// <summary>Byte for byte: Continue reads a chat's chunk on this path as an empty answer and deletes the user's selection.</summary>
    private async Task PassOnAsync(HttpContext context, string path)
    {
        var body = await HttpWords.ReadAsync(context.Request, context.RequestAborted);
        var problem = await model.PassOnAsync(
            path,
            body,
            (status, type) =>
            {
                // What makes clients repeat a request is not passed on.
                context.Response.StatusCode = status is 408 or 409 or 429 or >= 500 ? 400 : status;
                context.Response.ContentType = type;
            },
            async bytes =>
            {
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            },
            context.RequestAborted
        );
        if (problem is not null)
        {
            throw new HttpError(problem.Code == "not_found" ? 404 : 400, problem.Code!, problem.Problem!);
        }
    }
}

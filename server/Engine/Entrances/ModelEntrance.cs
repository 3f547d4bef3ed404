using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Engine.Entrances;

/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
public sealed record ModelTurn(string Role, string Text);

/// <param name="Problem">Null: it is whole. Else one sentence for the user.</param>
/// <param name="Code"><c>context_length_exceeded</c> or <c>model_unavailable</c>.</param>
public sealed record ModelSaid(string Text, string? Problem, string? Code)
{
    /// <summary>Why it ended, in OpenAI's words: <c>stop</c>, <c>length</c>, <c>content_filter</c>.</summary>
    public string Finish { get; init; } = "stop";

    /// <summary>As the server counted; estimated where it does not.</summary>
    public long PromptTokens { get; init; }

    /// <inheritdoc cref="PromptTokens" />
    public long OutputTokens { get; init; }

    /// <summary>Of the prompt's, from the server's cache; null: it does not say.</summary>
    public long? CachedTokens { get; init; }
}

/// <summary>The user's own model without a run: for titles of a client, chat, summaries and edits at the cursor. Nothing is read, written
/// or run.</summary>
public sealed class ModelEntrance(SidecarHome home, RunSettings settings, TimeProvider time)
{
    /// <param name="passed">Members of the client's request that go to the server as they are: how it draws its words, where it stops. What
    /// is not among them is the server's own default.</param>
    /// <param name="onText">Hears the pieces as they come; must not throw.</param>
    public async Task<ModelSaid> AskAsync(
        IReadOnlyList<ModelTurn> turns,
        int maxTokens,
        IReadOnlyDictionary<string, JsonElement> passed,
        Action<string> onText,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var model = await ModelConnection.OpenAsync(home.ModelSettings(settings), time, cancellationToken);
            var reply = await model.AskAsync(
                new("chat", [.. turns.Select(turn => new PromptMessage(RoleOf(turn.Role), turn.Text))], maxTokens)
                {
                    GoesOut = true,
                    Passed = passed,
                },
                new Ear(onText),
                cancellationToken
            );
            return new(reply.Text, null, null)
            {
                Finish = FinishOf(reply),
                PromptTokens = reply.Usage.PromptTokens,
                OutputTokens = reply.Usage.OutputTokens,
                CachedTokens = reply.Usage.TellsCache is true ? reply.Usage.CachedTokens : null,
            };
        }
        catch (ModelException fault)
        {
            return new("", fault.Message, fault.Fault is ModelFault.Context ? "context_length_exceeded" : "model_unavailable");
        }
    }

    /// <summary>Hands a request on as it is; the answer's body goes to <paramref name="write"/> as it comes.</summary>
    /// <param name="path">Below the base of the user's server: <c>completions</c>, <c>embeddings</c>.</param>
    /// <param name="begin">Hears status and content type before the first byte.</param>
    /// <returns>Null: passed on. Else a problem, with the code <c>not_found</c> when the server has no such path.</returns>
    public async Task<ModelSaid?> PassOnAsync(
        string path,
        JsonElement body,
        Action<int, string?> begin,
        Func<ReadOnlyMemory<byte>, Task> write,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (
                await new PassThrough(home.ModelSettings(settings), time).SendAsync(path, body, cancellationToken)
                is not var (answer, client)
            )
            {
                return new("", $"Your model server has no /v1/{path}.", "not_found");
            }
            using (client)
            using (answer)
            {
                begin((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString());
                await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
                var buffer = new byte[16 << 10];
                for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; )
                {
                    await write(buffer.AsMemory(0, read));
                }
                return null;
            }
        }
        catch (ModelException fault)
        {
            return new("", fault.Message, "model_unavailable");
        }
    }

    /// <summary>The server's own word where clients know it; a reply that was cut in any other way is not whole.</summary>
    private static string FinishOf(ModelReply reply) =>
        reply.Finish is "stop" or "length" or "content_filter" ? reply.Finish
        : reply.End is ReplyEnd.Stop ? "stop"
        : "length";

    private static PromptRole RoleOf(string role) =>
        role switch
        {
            "system" => PromptRole.System,
            "assistant" => PromptRole.Assistant,
            _ => PromptRole.User,
        };

    private sealed class Ear(Action<string> onText) : IModelListener
    {
        public void Text(string piece) => onText(piece);

        public void Thought(string piece) { }

        public void Progress(string phase, double? fraction, bool estimated) { }

        public void Notice(string title, string description) { }
    }
}

using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Engine.Entrances;

/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
public sealed record ModelTurn(string Role, string Text);

/// <param name="Problem">Null: it is whole. Else one sentence for the user.</param>
/// <param name="Code"><c>context_length_exceeded</c> or <c>model_unavailable</c>.</param>
public sealed record ModelSaid(string Text, string? Problem, string? Code);

/// <summary>The user's own model without a run: for titles of a client, chat, summaries and edits at the cursor. Nothing is read, written
/// or run.</summary>
public sealed class ModelEntrance(SidecarHome home, RunSettings settings, TimeProvider time)
{
    /// <param name="onText">Hears the pieces as they come; must not throw.</param>
    public async Task<ModelSaid> AskAsync(
        IReadOnlyList<ModelTurn> turns,
        int maxTokens,
        Action<string> onText,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var model = await ModelConnection.OpenAsync(home.ModelSettings(settings), time, cancellationToken);
            var reply = await model.AskAsync(
                new("chat", [.. turns.Select(turn => new PromptMessage(RoleOf(turn.Role), turn.Text))], maxTokens) { GoesOut = true },
                new Ear(onText),
                cancellationToken
            );
            return new(reply.Text, null, null);
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

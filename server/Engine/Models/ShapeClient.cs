using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CodexSidecar.Engine.Models;

/// <summary>Gives the messages the shape the server accepts. What it accepts is learnt from its refusals, and remembered.</summary>
internal sealed class ShapeClient(ModelCall call, IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var given = messages.ToList();
        await using var updates = await StartAsync(given, options, cancellationToken);
        do
            yield return updates.Current;
        while (await updates.MoveNextAsync());
    }

    /// <summary>A refusal comes before the first update, so a new shape costs no text.</summary>
    private async Task<IAsyncEnumerator<ChatResponseUpdate>> StartAsync(List<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        while (true)
        {
            var updates = base.GetStreamingResponseAsync(Shape(messages, call.Endpoint.Memory), options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                if (await updates.MoveNextAsync())
                    return updates;
                throw new WireException(WireFault.Lost, "the reply is empty");
            }
            catch (WireException refusal)
            {
                await updates.DisposeAsync();
                // Each lesson is new, so this ends.
                if (ServerWords.Lesson(refusal, call.Endpoint.Memory, options) is not { } lesson)
                    throw;
                call.Endpoint.Learn(lesson);
            }
            catch
            {
                await updates.DisposeAsync();
                throw;
            }
        }
    }

    public static List<ChatMessage> Shape(IReadOnlyList<ChatMessage> messages, EndpointMemory memory)
    {
        var shaped = new List<ChatMessage>();
        foreach (var message in messages)
        {
            var role = memory.MergeSystem && message.Role == ChatRole.System ? ChatRole.User : message.Role;
            if ((memory.MergeSystem || memory.MergeNeighbours) && shaped.LastOrDefault() is { } last && last.Role == role)
                shaped[^1] = new ChatMessage(role, last.Text + "\n\n" + message.Text);
            else
                shaped.Add(new ChatMessage(role, message.Text));
        }
        return shaped;
    }
}

using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Polly;

namespace CodexSidecar.Engine.Models;

/// <summary>Everything said so far is void: the reply begins again.</summary>
internal sealed class RestartUpdate : ChatResponseUpdate;

/// <summary>Tries again where trying again can help, and says so.</summary>
internal sealed class RetryClient(ModelCall call, IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var given = messages.ToList();
        var pipeline = Retries.Build(call);
        for (var isRepeat = false; ; isRepeat = true)
        {
            await using var updates = await pipeline.ExecuteAsync(
                static async (state, token) => await state.Self.StartAsync(state.given, state.options, token), (Self: this, given, options), cancellationToken);
            while (true)
            {
                yield return updates.Current;
                var (more, isBroken) = await NextAsync(updates, mayBreak: !isRepeat && !call.Prompt.GoesOut);
                if (isBroken)
                    break;
                if (!more)
                    yield break;
            }
            call.Listener.Notice("The reply broke off", $"The connection to {call.Endpoint.Address} broke in the middle of the reply; what came is dropped and the model is asked once more.");
            yield return new RestartUpdate();
        }
    }

    /// <summary>Up to the first update, so that a failure before any text can be repeated unseen.</summary>
    private async Task<IAsyncEnumerator<ChatResponseUpdate>> StartAsync(List<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (await updates.MoveNextAsync())
                return updates;
            throw new WireException(WireFault.Lost, "the reply is empty");
        }
        catch
        {
            await updates.DisposeAsync();
            throw;
        }
    }

    private static async Task<(bool More, bool IsBroken)> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, bool mayBreak)
    {
        try
        {
            return (await updates.MoveNextAsync(), false);
        }
        catch (WireException broken) when (mayBreak && broken.Fault is (WireFault.Lost or WireFault.Stalled))
        {
            return (false, true);
        }
    }
}

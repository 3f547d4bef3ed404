using Microsoft.Extensions.Logging;
using Polly;

namespace CodexSidecar.Engine.Models;

/// <summary>A model behind a URL: asks it, asks again where that can help, and remembers what its answers show.</summary>
internal sealed partial class LiveModel(Endpoint endpoint, ModelProfile profile, TimeProvider time, ILogger log) : IModel
{
    /// <summary>Below these counts a measurement says more of the moment than of the model.</summary>
    private const int WorthTimingPrompt = 200,
        WorthTimingOutput = 30;

    /// <summary>A prompt below this is in nobody's way.</summary>
    private const int WorthShortening = 1000;

    private readonly WireClient client = new(endpoint);
    private AskingOn? asking;

    public ModelProfile Profile =>
        Math.Min(endpoint.SeenWindow ?? int.MaxValue, endpoint.NewWindow ?? profile.Window) is var window && window != profile.Window
            ? profile with
            {
                Window = window,
            }
            : profile;
    public string Address => endpoint.Address;
    public IReadOnlyDictionary<string, int>? Weights => null;
    public double TokenFactor => endpoint.Memory.TokenFactor;

    public async Task<ModelAnswer> AskAsync(string key, ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        if (log.IsEnabled(LogLevel.Trace))
        {
            Asking(log, endpoint.Address, string.Join('\n', prompt.Messages.Select(message => $"{message.Role}: {message.Text}")));
        }
        asking ??= new(endpoint, () => Profile.Window, AskOnceAsync);
        var answer = await asking.AskAsync(prompt, listener, cancellationToken);
        Answered(log, answer.Reply.Text);
        return answer;
    }

    public void Shrink(int window) => endpoint.ShrinkForNow(window);

    public void Finish() { }

    public void Dispose() => client.Dispose();

    /// <summary>Servers that count the limit into the window are asked with a smaller one before anything else is made
    /// shorter.</summary>
    private async Task<ModelAnswer> AskOnceAsync(
        ModelPrompt prompt,
        ThinkingPlan thinking,
        IModelListener listener,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                var answer = await ReplyAsync(prompt, thinking, listener, cancellationToken);
                await LookAgainAsync(listener, cancellationToken);
                return answer;
            }
            catch (WireException refusal) when (LimitWords.Smaller(refusal, thinking.Room, prompt.MaxOutputTokens) is { } room)
            {
                thinking = thinking with { Room = room };
            }
            catch (WireException failure)
            {
                if (ServerWords.IsOverflow(failure) && ServerWords.Window(failure) is { } window)
                {
                    endpoint.Overflowed(window);
                }
                throw FaultWords.Explain(failure, endpoint, once: prompt.GoesOut);
            }
        }
    }

    /// <summary>The same run goes on with the window that a server has that was started anew in the meantime.</summary>
    private async Task LookAgainAsync(IModelListener listener, CancellationToken cancellationToken)
    {
        if (!endpoint.MayBeAnother || endpoint.LookAgain is not { } look)
        {
            return;
        }
        endpoint.MayBeAnother = false;
        var before = Profile.Window;
        if (await look(cancellationToken) is not { } now || now == endpoint.ToldWindow)
        {
            return;
        }
        endpoint.IsAnother(now);
        listener.Notice(
            "The model server came back with another context window",
            $"{endpoint.Address} had {before:N0} tokens before and has {now:N0} now."
        );
    }

    private async Task<ModelAnswer> ReplyAsync(
        ModelPrompt prompt,
        ThinkingPlan thinking,
        IModelListener listener,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        await using var progress = new ProgressTicks(listener, endpoint, time);
        var call = new ModelCall(prompt, endpoint, progress, time, log) { Thinking = thinking };
        progress.Waiting(call);
        var reader = await ReadAsync(call, progress, cancellationToken);
        var answer = reader.Finish((long)time.GetElapsedTime(started).TotalMilliseconds);
        Measure(call, answer.Reply.Usage);
        return answer;
    }

    /// <summary>Reads a reply to its end; one that breaks off is begun again, which the user is told: at once where the connection broke,
    /// else as if the server had refused.</summary>
    private async Task<ReplyReader> ReadAsync(ModelCall call, ProgressTicks progress, CancellationToken cancellationToken)
    {
        var retries = Retries.Build(call, client.Look);
        WireException? refused = null;
        for (var beginnings = 1; ; beginnings++)
        {
            var before = refused;
            await using var chunks = await BeginAsync(call, retries, before, cancellationToken);
            var reader = new ReplyReader(call);
            try
            {
                do
                {
                    reader.Add(chunks.Current);
                    progress.Decoding(call, reader.Heard);
                } while (!reader.IsEnded && await chunks.MoveNextAsync());
                return reader;
            }
            catch (WireException broken) when (IsBegunAgain(call, broken, beginnings))
            {
                var isConnection = broken.Fault is WireFault.Lost or WireFault.Stalled;
                refused = isConnection ? null : broken;
                endpoint.MayBeAnother |= Retries.MayComeBackAsAnother(broken);
                BrokeOff(log, endpoint.Address, broken.Fault);
                call.Listener.Notice(
                    "The reply broke off",
                    isConnection
                        ? $"The connection to {endpoint.Address} broke in the middle of the reply; "
                            + "what came is dropped and the model is asked once more."
                        : $"{endpoint.Address} failed in the middle of the reply ({FaultWords.Short(broken, endpoint)}); "
                            + "what came is dropped and the model is asked again."
                );
            }
        }
    }

    private static bool IsBegunAgain(ModelCall call, WireException broken, int beginnings) =>
        !call.Prompt.GoesOut
        && beginnings < (broken.Fault is WireFault.Lost or WireFault.Stalled ? 2 : Retries.MostBeginnings)
        && Retries.IsWorthAnother(broken);

    /// <param name="refused">What the reply before this one ended with: waited for and counted like a refusal.</param>
    private async Task<IAsyncEnumerator<WireChunk>> BeginAsync(
        ModelCall call,
        ResiliencePipeline retries,
        WireException? refused,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await retries.ExecuteAsync(
                async token =>
                {
                    if (Interlocked.Exchange(ref refused, null) is { } failure)
                    {
                        throw failure;
                    }
                    return await StartAsync(call, token);
                },
                cancellationToken
            );
        }
        catch (WireException crowded) when (ServerWords.IsCrowded(crowded) && call.PromptTokens >= WorthShortening)
        {
            throw new WireException(crowded.Fault, crowded.Message, crowded.Status, raw: crowded.Raw) { PerhapsTooLong = true };
        }
    }

    /// <summary>
    /// Asks in the shape the server accepts, which is learnt from its refusals once the changed request is taken: a refusal may be about
    /// something else. Returns at the first chunk, so that a failure before any text can be repeated unseen.
    /// </summary>
    private async Task<IAsyncEnumerator<WireChunk>> StartAsync(ModelCall call, CancellationToken cancellationToken)
    {
        var lessons = new List<Func<EndpointMemory, EndpointMemory>>();
        while (true)
        {
            var request = new WireRequest(call.Asked, endpoint, Learnt(endpoint.Memory), call.Thinking);
            try
            {
                var chunks = client.AskAsync(call, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
                // Never false: a reply without any chunk is an error.
                await chunks.MoveNextAsync();
                endpoint.Learn(Learnt);
                return chunks;
            }
            catch (WireException refusal)
                when (LimitWords.Smaller(refusal, call.Thinking.Room, call.Prompt.MaxOutputTokens) is null
                    && ServerWords.Lesson(refusal, request) is { } lesson
                )
            {
                // Each lesson changes the next request, so this ends.
                lessons.Add(lesson);
            }
        }

        EndpointMemory Learnt(EndpointMemory memory) => lessons.Aggregate(memory, (known, lesson) => lesson(known));
    }

    private void Measure(ModelCall call, ModelUsage usage)
    {
        endpoint.Took(usage);
        endpoint.Learn(memory =>
        {
            memory = memory with { TokenFactor = TokenEstimate.Learn(memory.TokenFactor, call.Prompt, usage) };
            if (call.FirstTokenAt == 0)
            {
                return memory;
            }
            var read = usage.PromptTokens - usage.CachedTokens;
            if (read >= WorthTimingPrompt)
            {
                memory = memory with
                {
                    PrefillSpeed = Average(memory.PrefillSpeed, read, time.GetElapsedTime(call.SentAt, call.FirstTokenAt)),
                };
            }
            return usage.OutputTokens >= WorthTimingOutput && !memory.AnswersWhole
                ? memory with
                {
                    DecodeSpeed = Average(memory.DecodeSpeed, usage.OutputTokens, time.GetElapsedTime(call.FirstTokenAt)),
                }
                : memory;
        });
    }

    private static double Average(double old, long tokens, TimeSpan elapsed)
    {
        var now = tokens / Math.Max(elapsed.TotalSeconds, 0.001);
        return old > 0 ? (0.7 * old) + (0.3 * now) : now;
    }

    [LoggerMessage(Level = LogLevel.Trace, Message = "Asking {Address}:\n{Prompt}")]
    private static partial void Asking(ILogger log, string address, string prompt);

    [LoggerMessage(Level = LogLevel.Trace, Message = "The model says:\n{Reply}")]
    private static partial void Answered(ILogger log, string reply);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reply of {Address} broke off ({Fault}); asking once more")]
    private static partial void BrokeOff(ILogger log, string address, WireFault fault);
}

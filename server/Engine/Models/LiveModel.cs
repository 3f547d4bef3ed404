using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;

namespace CodexSidecar.Engine.Models;

/// <summary>A model behind a URL. The pipeline is put together anew for each question; only the connections are kept.</summary>
internal sealed class LiveModel(Endpoint endpoint, ModelProfile profile, TimeProvider time) : IModel
{
    /// <summary>Below these counts a measurement says more of the moment than of the model.</summary>
    private const int WorthTimingPrompt = 200, WorthTimingOutput = 30;

    private readonly SocketsHttpHandler sockets = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = !endpoint.BaseUrl.IsLoopback,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        // A reply we turn away from is not read to its end for the sake of the connection: the model would go on working for nobody.
        MaxResponseDrainSize = 0,
    };

    public ModelProfile Profile => endpoint.SeenWindow < profile.Window ? profile with { Window = endpoint.SeenWindow.Value } : profile;
    public string Address => endpoint.Address;
    public IReadOnlyDictionary<string, int>? Weights => null;
    public double TokenFactor => endpoint.Memory.TokenFactor;

    public async Task<ModelAnswer> AskAsync(string key, ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        var answer = await AskOnceAsync(prompt, listener, cancellationToken);
        if (prompt.Schema is null || answer.Reply.End is not ReplyEnd.Stop)
            return answer;
        if (answer.Reply.Text.Length > 0)
        {
            // The schema was passed over: the words are read all the same, and it is not sent again.
            if (!JsonObjects.Any(answer.Reply.Text))
                endpoint.Learn(memory => memory.Reject("response_format"));
            return answer;
        }
        // A grammar can strangle a model that wants to reason first.
        listener.Notice("An empty reply", $"{endpoint.Model} answers nothing when a form is prescribed; asking without it.");
        endpoint.Learn(memory => memory.Reject("response_format"));
        return await AskOnceAsync(prompt with { Schema = null }, listener, cancellationToken);
    }

    public void Shrink(int window) => endpoint.Overflowed(window);

    public void Finish()
    {
    }

    public void Dispose() => sockets.Dispose();

    private async Task<ModelAnswer> AskOnceAsync(ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var progress = new ProgressTicks(listener, endpoint, time);
        var call = new ModelCall(prompt, endpoint, progress, time, cancellationToken);
        progress.Waiting(call);
        try
        {
            var reader = await ReadAsync(call, progress, cancellationToken);
            var answer = reader.Finish((long)time.GetElapsedTime(started).TotalMilliseconds);
            Measure(call, answer.Reply.Usage);
            return answer;
        }
        catch (WireException failure)
        {
            if (ServerWords.IsOverflow(failure) && ServerWords.Window(failure) is { } window)
                endpoint.Overflowed(window);
            throw FaultWords.Explain(failure, endpoint, once: prompt.GoesOut);
        }
    }

    private async Task<ReplyReader> ReadAsync(ModelCall call, ProgressTicks progress, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new WireHandler(call, sockets), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        using var pipeline = new RetryClient(call, new ShapeClient(call, Package(http)));
        var messages = call.Prompt.Messages.Select(message => new ChatMessage(RoleOf(message.Role), message.Text));
        var reader = new ReplyReader(call);
        await foreach (var update in pipeline.GetStreamingResponseAsync(messages, Options(call.Prompt), cancellationToken))
        {
            if (update is RestartUpdate)
                reader = new ReplyReader(call);
            reader.Add(update);
            progress.Decoding(call, reader.Heard);
            if (reader.IsEnded)
                break;
        }
        return reader;
    }

    /// <summary>All limits and retries are ours: the package would repeat four times at once and give up after 100 seconds.</summary>
    private IChatClient Package(HttpClient http) =>
        new OpenAIClient(new ApiKeyCredential(endpoint.Key), new OpenAIClientOptions
        {
            Endpoint = endpoint.BaseUrl,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        }).GetChatClient(endpoint.Model).AsIChatClient();

    private static ChatOptions Options(ModelPrompt prompt) => new()
    {
        MaxOutputTokens = prompt.MaxOutputTokens,
        Temperature = (float)prompt.Temperature,
        Seed = prompt.Seed,
        ResponseFormat = prompt.Schema is null ? null : ChatResponseFormat.ForJsonSchema(JsonElement.Parse(prompt.Schema), "answer"),
    };

    private static ChatRole RoleOf(PromptRole role) => role switch
    {
        PromptRole.System => ChatRole.System,
        PromptRole.Assistant => ChatRole.Assistant,
        _ => ChatRole.User,
    };

    private void Measure(ModelCall call, ModelUsage usage) => endpoint.Learn(memory =>
    {
        memory = memory with { TokenFactor = TokenEstimate.Learn(memory.TokenFactor, call.Prompt, usage) };
        if (call.FirstTokenAt == 0)
            return memory;
        var read = usage.PromptTokens - usage.CachedTokens;
        if (read >= WorthTimingPrompt)
            memory = memory with { PrefillSpeed = Average(memory.PrefillSpeed, read, time.GetElapsedTime(call.SentAt, call.FirstTokenAt)) };
        return usage.OutputTokens >= WorthTimingOutput && !memory.AnswersWhole
            ? memory with { DecodeSpeed = Average(memory.DecodeSpeed, usage.OutputTokens, time.GetElapsedTime(call.FirstTokenAt)) }
            : memory;
    });

    private static double Average(double old, long tokens, TimeSpan elapsed)
    {
        var now = tokens / Math.Max(elapsed.TotalSeconds, 0.001);
        return old > 0 ? (0.7 * old) + (0.3 * now) : now;
    }
}

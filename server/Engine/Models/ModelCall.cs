using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.Models;

/// <summary>One question on its way, and what everyone on that way has to know of it.</summary>
internal sealed class ModelCall(ModelPrompt prompt, Endpoint endpoint, IModelListener listener, TimeProvider time, ILogger log)
{
    /// <summary>Tokens a second, cautiously, until they are measured.</summary>
    private const double UnmeasuredPrefill = 20,
        UnmeasuredDecode = 3,
        UnmeasuredThinking = 20;

    public ModelPrompt Prompt => prompt;
    public Endpoint Endpoint => endpoint;
    public IModelListener Listener => listener;
    public TimeProvider Time => time;
    public ILogger Log => log;

    /// <summary>So often the model may be asked for other words, because the server could not read its own.</summary>
    public const int MostOtherWords = 3;

    /// <summary>How often it was.</summary>
    public int OtherWords { get; set; }

    /// <summary>What is sent: the same question with the same seed brings the same words, and the same failure.</summary>
    public ModelPrompt Asked =>
        OtherWords == 0
            ? prompt
            : prompt with
            {
                Seed = prompt.Seed + OtherWords,
                Messages = OtherWords < MostOtherWords ? prompt.Messages : Plain(),
            };

    /// <summary>How this request deals with reasoning.</summary>
    public ThinkingPlan Thinking { get; init; } = ThinkingPlan.None;

    /// <summary>The most tokens the server is to write, reasoning and answer together.</summary>
    public int Limit => prompt.MaxOutputTokens + Thinking.Room;

    public int PromptTokens { get; } = TokenEstimate.Of(prompt.Messages, endpoint.Memory.TokenFactor);

    /// <summary>When the last request was sent; <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long SentAt { get; set; }

    /// <summary>When the first token of its reply came; 0: not yet.</summary>
    public long FirstTokenAt { get; set; }

    public WireLimits Limits
    {
        get
        {
            var memory = endpoint.Memory;
            var prefill = memory.PrefillSpeed > 0 ? memory.PrefillSpeed : UnmeasuredPrefill;
            var decode = memory.DecodeSpeed > 0 ? memory.DecodeSpeed : UnmeasuredDecode;
            var first = Math.Clamp((3 * PromptTokens / prefill) + 10, 30, 20 * 60);
            // A server that loads its model on the first request says nothing while it does.
            var loading = endpoint.IsLoaded ? 0 : 5 * 60;
            // Room to think is seldom used up; at the cautious speed it would make hours of silence a matter of course.
            var thinking = memory.Thinks is true ? Thinking.Room / Math.Max(decode, UnmeasuredThinking) : 0;
            var generating = memory.AnswersWhole ? 2 * ((prompt.MaxOutputTokens / decode) + thinking) : 0;
            return new(TimeSpan.FromSeconds(first + loading + generating), TimeSpan.FromSeconds(Math.Max(60, 40 / decode)));
        }
    }

    private IReadOnlyList<PromptMessage> Plain() =>
        prompt is { Schema: null, Messages: [.., { Role: PromptRole.User } last] }
            ? [.. prompt.Messages.SkipLast(1), last with { Text = last.Text + "\n\nAnswer in plain text. Use no tool tags." }]
            : prompt.Messages;
}

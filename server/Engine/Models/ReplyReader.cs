using System.Text;
using Microsoft.Extensions.AI;

namespace CodexSidecar.Engine.Models;

/// <summary>Guards one reply while it comes: cuts what is no reply, separates reasoning, and stops a model that turns in circles.</summary>
internal sealed class ReplyReader
{
    private readonly ModelCall call;
    private readonly StringBuilder thought = new();
    private readonly RepetitionWatch textCircles;
    private readonly RepetitionWatch thoughtCircles;
    private readonly EchoCut echo;
    private readonly StopCut stop;
    private readonly ThoughtSplit split;
    private UsageDetails? usage;
    private ChatFinishReason? finish;

    public ReplyReader(ModelCall call)
    {
        this.call = call;
        var prompt = call.Prompt.Messages;
        (textCircles, thoughtCircles, echo, stop) = (new(prompt), new(prompt), new(prompt), new(prompt));
        split = new(call.Endpoint.Memory.ThoughtFirst, AddText, AddThought);
    }

    /// <summary>Nothing behind this is worth waiting for.</summary>
    public bool IsEnded => stop.IsCut;

    /// <summary>Characters heard so far, reasoning included.</summary>
    public int Heard { get; private set; }

    /// <exception cref="ModelException">It turns in circles.</exception>
    public void Add(ChatResponseUpdate update)
    {
        finish = update.FinishReason ?? finish;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case UsageContent counted:
                    usage = counted.Details;
                    break;
                case TextReasoningContent reasoning:
                    Heard += reasoning.Text.Length;
                    AddThought(reasoning.Text);
                    break;
                case TextContent text:
                    Heard += text.Text.Length;
                    split.Push(stop.Push(echo.Push(text.Text)));
                    break;
            }
        }
    }

    public ModelAnswer Finish(long milliseconds)
    {
        split.Push(stop.Push(echo.End()));
        split.Push(stop.End());
        split.End();
        if (split.SawLoneClose)
            call.Endpoint.Learn(memory => memory with { ThoughtFirst = true });
        // Where a schema is asked for, some servers take the whole reply for reasoning.
        var text = split.IsInside ? "" : split.Text.Length == 0 && call.Prompt.Schema is not null && IsObject(thought.ToString()) ? thought.ToString() : split.Text;
        var counted = Count(text);
        return new(new(text, End(text, counted), counted, milliseconds), thought.ToString());
    }

    private static bool IsObject(string text) => text.AsSpan().Trim() is ['{', .., '}'];

    private void AddText(string piece)
    {
        call.Listener.Text(piece);
        Check(textCircles, piece);
    }

    private void AddThought(string piece)
    {
        thought.Append(piece);
        call.Listener.Thought(piece);
        Check(thoughtCircles, piece);
    }

    private void Check(RepetitionWatch circles, string piece)
    {
        if (circles.Push(piece) is { } repeated)
            throw new ModelException(ModelFault.Repetition,
                $"{call.Endpoint.Model} at {call.Endpoint.Address} repeats itself and was stopped: \"{repeated[..Math.Min(60, repeated.Length)].Trim()}\".");
    }

    /// <summary>Servers that know only "stop" say it at the limit too.</summary>
    private ReplyEnd End(string text, ModelUsage counted) =>
        finish == ChatFinishReason.ContentFilter ? ReplyEnd.Cut
        : finish == ChatFinishReason.Length || split.IsInside || FenceLines.EndsOpen(text) || counted.OutputTokens >= call.Prompt.MaxOutputTokens - (counted.Estimated ? 0 : 2) ? ReplyEnd.Length
        : ReplyEnd.Stop;

    private ModelUsage Count(string text)
    {
        var bytes = call.Prompt.Messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text));
        return usage is { InputTokenCount: > 0 and var prompt, OutputTokenCount: var output }
            ? new(prompt, output ?? 0, usage.CachedInputTokenCount ?? 0, bytes, Estimated: false) { TellsCache = usage.CachedInputTokenCount is null ? null : true }
            : new(call.PromptTokens, TokenEstimate.Of(text + thought, call.Endpoint.Memory.TokenFactor), 0, bytes, Estimated: true);
    }
}

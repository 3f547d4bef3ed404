using System.Text;

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
    private WireUsage? usage;
    private ReplyEnd? end;
    private string? finish;

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
    public void Add(WireChunk chunk)
    {
        end = chunk.End ?? end;
        finish = chunk.Finish ?? finish;
        usage = chunk.Usage ?? usage;
        Heard += chunk.Text.Length + chunk.Thought.Length;
        if (chunk.Text.Length > 0)
        {
            split.Push(stop.Push(echo.Push(chunk.Text)));
        }
        if (chunk.Thought.Length > 0)
        {
            AddThought(chunk.Thought);
        }
    }

    public ModelAnswer Finish(long milliseconds)
    {
        split.Push(stop.Push(echo.End()));
        split.Push(stop.End());
        split.End();
        if (split.SawLoneClose)
        {
            call.Endpoint.Learn(memory => memory with { ThoughtFirst = true });
        }
        var text = split.IsInside ? "" : split.Text;
        if (text.Length == 0 && !split.IsInside && call.Prompt.Schema is not null && IsObject(thought.ToString()))
        {
            // Where a schema is asked for, some servers take the whole reply for reasoning.
            text = thought.ToString();
        }
        var counted = Count(text);
        return new(new(text, EndOf(text, counted), counted, milliseconds) { Finish = finish }, thought.ToString());
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
        {
            var start = repeated[..Math.Min(60, repeated.Length)].Trim();
            throw new ModelException(
                ModelFault.Repetition,
                $"{call.Endpoint.Model} at {call.Endpoint.Address} repeats itself and was stopped: \"{start}\"."
            );
        }
    }

    /// <summary>Servers that know only "stop" say it at the limit too.</summary>
    private ReplyEnd EndOf(string text, ModelUsage counted)
    {
        if (end is ReplyEnd.Cut)
        {
            return ReplyEnd.Cut;
        }
        var limit = call.Prompt.MaxOutputTokens - (counted.Estimated ? 0 : 2);
        var isShort = end is ReplyEnd.Length || split.IsInside || FenceLines.EndsOpen(text) || counted.OutputTokens >= limit;
        return isShort ? ReplyEnd.Length : ReplyEnd.Stop;
    }

    private ModelUsage Count(string text)
    {
        var bytes = call.Prompt.Messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text));
        if (usage is { Prompt: > 0 })
        {
            return new(usage.Prompt, usage.Output, usage.Cached ?? 0, bytes, Estimated: false)
            {
                TellsCache = usage.Cached is null ? null : true,
            };
        }
        var output = TokenEstimate.Of(text + thought, call.Endpoint.Memory.TokenFactor);
        return new(call.PromptTokens, output, 0, bytes, Estimated: true);
    }
}

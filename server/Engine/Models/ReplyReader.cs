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
    private string? circles;

    public ReplyReader(ModelCall call)
    {
        this.call = call;
        var prompt = call.Prompt.Messages;
        (textCircles, thoughtCircles, echo, stop) = (new(prompt), new(prompt), new(prompt), new(prompt));
        split = new(call.Endpoint.Memory.ThoughtFirst, AddText, AddThought);
    }

    /// <summary>Nothing behind this is worth waiting for.</summary>
    public bool IsEnded => stop.IsCut || circles is not null;

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
            call.Endpoint.Learn(memory => memory with { ThoughtFirst = true, Thinks = true });
        }
        var isCut = split.IsInside || circles is not null || (split.IsAssumed && end is ReplyEnd.Length);
        var text = isCut ? "" : split.Text;
        var said = thought.ToString();
        var isThought = !isCut && text.AsSpan().Trim().Length == 0 && IsAnswer(said);
        if (isThought)
        {
            text = said;
            call.Listener.Text(text);
        }
        var counted = Count(text, isThought ? "" : said);
        return new(new(text, EndOf(text, counted), counted, milliseconds) { Finish = finish }, isThought ? "" : said)
        {
            CameAsThought = isThought,
            Circles = circles,
        };
    }

    /// <summary>A reply that ended by itself and is nothing but reasoning: a server whose parser takes everything for it, as vLLM and
    /// SGLang do when thinking is switched off, and some where a schema is asked for.</summary>
    private bool IsAnswer(string said) =>
        said.AsSpan().Trim() is { Length: > 0 } all && end is ReplyEnd.Stop && (call.Prompt.Schema is null || all is ['{', .., '}']);

    private void AddText(string piece)
    {
        call.Listener.Text(piece);
        if (textCircles.Push(piece) is { } repeated)
        {
            throw new ModelException(ModelFault.Repetition, FaultWords.Circles(call.Endpoint, repeated));
        }
    }

    private void AddThought(string piece)
    {
        thought.Append(piece);
        call.Listener.Thought(piece);
        // Not a fault yet: the model may answer when it is told to stop thinking.
        circles ??= thoughtCircles.Push(piece);
    }

    /// <summary>Servers that know only "stop" say it at the limit too. Where more was written than the limit allows, reasoning was not
    /// counted in it.</summary>
    private ReplyEnd EndOf(string text, ModelUsage counted)
    {
        if (end is ReplyEnd.Cut)
        {
            return ReplyEnd.Cut;
        }
        var isAtLimit =
            counted.OutputTokens >= call.Limit - (counted.Estimated ? 0 : 2)
            && (counted.ThoughtTokens is null || counted.OutputTokens <= call.Limit);
        var isShort = end is ReplyEnd.Length || circles is not null || split.IsInside || FenceLines.EndsOpen(text) || isAtLimit;
        return isShort ? ReplyEnd.Length : ReplyEnd.Stop;
    }

    private ModelUsage Count(string text, string said)
    {
        var factor = call.Endpoint.Memory.TokenFactor;
        var (written, reasoned) = (TokenEstimate.Of(text.Trim(), factor), TokenEstimate.Of(said, factor));
        var bytes = call.Prompt.Messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text));
        if (usage is { Prompt: > 0 })
        {
            return new(usage.Prompt, usage.Output, usage.Cached ?? 0, bytes, Estimated: false)
            {
                TellsCache = usage.Cached is null ? null : true,
                ThoughtTokens = Thought(usage, written, reasoned),
            };
        }
        return new(call.PromptTokens, written + reasoned, 0, bytes, Estimated: true) { ThoughtTokens = reasoned > 0 ? reasoned : null };
    }

    /// <summary>As the server counts it; else its share of the output. An empty reply at the limit was reasoning that is not
    /// shown.</summary>
    private long? Thought(WireUsage told, int written, int reasoned) =>
        told.Thought is > 0 and var counted ? counted
        : reasoned > 0 ? told.Output * reasoned / (reasoned + written)
        : written == 0 && end is ReplyEnd.Length && told.Output > 0 ? told.Output
        : null;
}

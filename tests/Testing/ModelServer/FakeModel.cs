using System.Text;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>How the model thinks before it answers. The thought counts in the limit of the request, as with every server.</summary>
/// <param name="Tokens">So many, if the limit has room for them.</param>
internal sealed record FakeThinking(int Tokens)
{
    /// <summary>A field (<c>reasoning_content</c>: llama.cpp, SGLang, LM Studio; <c>reasoning</c>: Ollama, vLLM), <c>tags</c> in the text,
    /// or <c>usage</c>: nothing but the count is told.</summary>
    public string Where { get; init; } = "reasoning_content";

    /// <summary>What in the body of a request stops it, such as <c>"enable_thinking":false</c>, <c>"reasoning_effort":"none"</c>,
    /// <c>/no_think</c>.</summary>
    public IReadOnlyList<string> Off { get; init; } = [];

    /// <summary>usage.completion_tokens_details.reasoning_tokens is told (LM Studio 0.4, always where <see cref="Where"/> is
    /// usage).</summary>
    public bool Details { get; init; }
}

/// <summary>The window that is really there, whatever else the server says of it.</summary>
/// <param name="Tokens">Four characters each, those of all messages.</param>
/// <param name="Server">In whose words and by whose rule a prompt is refused; see <see cref="Servers"/>.</param>
internal sealed record FakeWindow(int Tokens, string Server)
{
    /// <summary>All requests on their way share it, as the slots of a llama-server do by default: the one too many is told
    /// <see cref="ServerErrors.CacheFull"/> in its stream.</summary>
    public bool Shared { get; init; }
}

/// <summary>The prompt cache: what a prompt has in common with an earlier one is not read again, and the usage tells it.</summary>
internal sealed record FakeCache
{
    /// <summary>Of a recurrent model: it can only go back to this many tokens before the end of an earlier prompt.</summary>
    public int? Checkpoint { get; init; }

    /// <summary>Told as llama.cpp's timings; else as usage.prompt_tokens_details.cached_tokens.</summary>
    public bool Timings { get; init; }
}

/// <summary>What is the model's and not the script's: thinking, the window, the cache. A token is four characters.</summary>
internal sealed class FakeModel(FakeScript script)
{
    private static readonly string[] Words =
    [
        "perhaps",
        "the",
        "sum",
        "is",
        "wrong",
        "here",
        "or",
        "a",
        "line",
        "counts",
        "twice",
        "but",
        "why",
    ];

    private readonly Lock guard = new();
    private readonly List<string> prompts = [];

    public static int PromptTokens(FakeRequest request) => request.Messages.Sum(message => message.Text.Length) / 4;

    /// <param name="beside">Those still being answered.</param>
    /// <returns>Null: it fits.</returns>
    public FakeReply? Refusal(FakeRequest request, IEnumerable<FakeRequest> beside)
    {
        if (script.Window is not { } window)
        {
            return null;
        }
        var (prompt, output) = (PromptTokens(request), request.Limit ?? 0);
        var own = window.Server switch
        {
            Servers.LlamaCpp => prompt >= window.Tokens ? ServerErrors.PromptTooLong(prompt, window.Tokens).Refused : null,
            Servers.Ollama => prompt >= window.Tokens ? ServerErrors.OllamaTooLong.Refused : null,
            Servers.LmStudio => prompt >= window.Tokens ? ServerErrors.StudioTooLong(prompt, window.Tokens).Streamed() : null,
            Servers.Vllm => prompt + output > window.Tokens ? ServerErrors.VllmTooLong(prompt, output, window.Tokens).Refused : null,
            Servers.SgLang => prompt >= window.Tokens ? ServerErrors.SgLangTooLong(prompt, window.Tokens).Streamed() : null,
            _ => throw new InvalidOperationException($"How {window.Server} refuses a prompt is not known."),
        };
        return own is null && window.Shared && beside.Sum(PromptTokens) + prompt > window.Tokens ? ServerErrors.CacheFull.Streamed() : own;
    }

    /// <summary>The reply of the script as this model gives it.</summary>
    public FakeReply Answer(FakeRequest request, FakeReply reply)
    {
        if (reply is not { Status: 200, Body: null, Bytes: null })
        {
            return reply;
        }
        return Cached(request, Thinking(request, reply));
    }

    private FakeReply Thinking(FakeRequest request, FakeReply reply)
    {
        if (script.Think is not { } think || think.Off.Any(off => request.Body.Contains(off, StringComparison.Ordinal)))
        {
            return reply;
        }
        var limit = request.Limit ?? int.MaxValue;
        var spent = Math.Min(think.Tokens, limit);
        var room = (long)(limit - spent) * 4;
        var (thought, isWhole) = (Thought(spent), reply.Text.Length <= room);
        var text = isWhole ? reply.Text : reply.Text[..(int)room];
        var isThinking = spent < think.Tokens || room == 0;
        return reply with
        {
            Text = think.Where == "tags" ? $"<think>\n{thought}{(isThinking ? "" : "\n</think>\n\n")}{text}" : text,
            Thought = think.Where is "tags" or "usage" ? null : thought,
            ThoughtField = think.Where is "tags" or "usage" ? reply.ThoughtField : think.Where,
            Finish = isWhole && !isThinking ? reply.Finish : "length",
            Usage = (reply.Usage ?? new()) with
            {
                Output = spent + (text.Length / 4),
                Reasoning = think.Details || think.Where == "usage" ? spent : null,
            },
        };
    }

    private FakeReply Cached(FakeRequest request, FakeReply reply)
    {
        if (script.Cache is not { } cache)
        {
            return reply;
        }
        lock (guard)
        {
            var prompt = string.Concat(request.Messages.Select(message => message.Text));
            var cached = prompts.Select(earlier => Kept(earlier, prompt, cache.Checkpoint)).DefaultIfEmpty(0).Max();
            prompts.Add(prompt);
            return reply with { Usage = (reply.Usage ?? new()) with { Cached = cached, Timings = cache.Timings } };
        }
    }

    private static int Kept(string earlier, string prompt, int? checkpoint)
    {
        var common = earlier.AsSpan().CommonPrefixLength(prompt) / 4;
        return checkpoint is not { } before ? Math.Min(common, (prompt.Length / 4) - 1)
            : (earlier.Length / 4) - before is > 0 and var place && place <= common ? place
            : 0;
    }

    /// <summary>Words in no order that comes back.</summary>
    private static string Thought(int tokens)
    {
        var text = new StringBuilder();
        for (var i = 1L; text.Length < tokens * 4L; i++)
        {
            text.Append(Words[i * i * 7919 % 100003 % Words.Length]).Append(i % 11 == 0 ? $" {i}.\n" : " ");
        }
        return text.ToString(0, tokens * 4);
    }
}

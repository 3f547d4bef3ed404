using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Refusals of prompt and limit together, by servers that count the limit into the window: the same question with a smaller limit is taken.
/// vLLM: "This model's maximum context length is 4096 tokens. However, you requested 512 output tokens and your prompt contains at least
/// 3585 input tokens", "max_tokens=9000 cannot be greater than max_model_len"; SGLang: "Requested token count exceeds the model's maximum
/// context length of 8192 tokens. You requested a total of 9000 tokens: 8000 tokens from the input messages and 1000 tokens for the
/// completion", "max_completion_tokens is too large"; TGI: "`inputs` tokens + `max_new_tokens` must be &lt;= 8192".
/// </summary>
/// <remarks>
/// https://github.com/vllm-project/vllm/blob/main/vllm/renderers/params.py,
/// https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/managers/tokenizer_manager.py,
/// https://github.com/huggingface/text-generation-inference/blob/main/router/src/validation.rs
/// </remarks>
internal static partial class LimitWords
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Counted by the server: the end tokens and the template are in its sum already.</summary>
    private const int Margin = 8;

    /// <returns>Room to think that this server may take beside the prompt and the answer; null: it is not about the limit.</returns>
    public static int? Smaller(WireException refusal, int room, int answer)
    {
        var words = $"{refusal.Message}\n{refusal.Raw}";
        if (
            room == 0
            || refusal.Fault is not (WireFault.Status or WireFault.Error)
            || refusal.Status is not (null or 400 or 413 or 422)
            || !Limit().IsMatch(words)
        )
        {
            return null;
        }
        if (Prompt().Match(words) is { Success: true } named && Window().Match(words) is { Success: true } whole)
        {
            var left = Number(whole) - Number(named) - answer - Margin;
            return left < 0 ? (Number(whole) > Number(named) ? 0 : null) : Math.Min(left, room / 2);
        }
        return room < 512 ? 0 : room / 2;
    }

    private static int Number(Match match) =>
        int.Parse(match.Groups.Values.Skip(1).First(group => group.Success).Value, CultureInfo.InvariantCulture);

    /// <summary>Not a server that knows the limit by another name.</summary>
    [GeneratedRegex(
        @"\d output tokens|fewer output tokens|for the completion|in the completion|`max_new_tokens` must be"
            + @"|max_(completion_|new_)?tokens`?'?(=\d| ?(is too|must|should|cannot|exceeds))",
        AnyCase
    )]
    private static partial Regex Limit();

    /// <summary>Not vLLM's "at least", which is the window without the limit and says nothing of the prompt.</summary>
    [GeneratedRegex(@"\((\d{1,7}) in the messages|(\d{1,7}) tokens from the input messages|Given: (\d{1,7}) `?inputs", AnyCase)]
    private static partial Regex Prompt();

    [GeneratedRegex(@"maximum context length (?:is|of) (\d{1,7})|must be <= (\d{1,7})", AnyCase)]
    private static partial Regex Window();
}

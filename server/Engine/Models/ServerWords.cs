using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// What servers mean by their error texts. Few have codes for these, so the words decide; QuirkRows and ServerErrors of the tests hold them
/// with their sources.
/// </summary>
internal static partial class ServerWords
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Not an error: it is still reading its weights, or has put them away and reads them at the next request.</summary>
    public static bool IsLoading(WireException failure) =>
        failure.Fault is WireFault.Status or WireFault.Error
        && (
            (failure.Status is 503 or 404 && Loading().IsMatch(failure.Message))
            || (failure.Status is not (401 or 403) && Unloaded().IsMatch(failure.Message))
        );

    /// <summary>This prompt does not fit the context window: the server names a size, a code that means it, or the prompt.</summary>
    public static bool IsOverflow(WireException failure) =>
        failure.PerhapsTooLong
        || (
            failure.Fault is WireFault.Status or WireFault.Error
            && failure.Status is not (401 or 403 or 429)
            && (TooLong().IsMatch(failure.Name) || TooLong().IsMatch(failure.Message) || WindowNamed().IsMatch(failure.Message))
            && (Window(failure) is not null || !Crowded().IsMatch(failure.Message))
        );

    /// <summary>
    /// It failed, and nothing says whose fault that was: another client's tokens beside ours in one cache, a model that crashed. Time helps
    /// against the one, a shorter prompt against the other; nothing is learnt from it.
    /// </summary>
    public static bool IsCrowded(WireException failure) =>
        failure.Fault is WireFault.Status or WireFault.Error && Crowded().IsMatch(failure.Message) && Window(failure) is null;

    /// <summary>It has work for others, and says so.</summary>
    public static bool IsBusy(WireException failure) =>
        failure.Fault is WireFault.Status or WireFault.Error
        && failure.Status is null or 408 or 425 or 429 or >= 500
        && Busy().IsMatch(failure.Message);

    /// <summary>The model's own words were not what the server's parser takes; the same question makes the same words.</summary>
    public static bool IsOwnWords(WireException failure) =>
        failure.Fault is WireFault.Status or WireFault.Error && failure.Status is null or >= 500 && OwnWords().IsMatch(failure.Message);

    /// <summary>The window in tokens, if the overflow names it.</summary>
    public static int? Window(WireException overflow) =>
        WindowSize().Match($"{overflow.Message}\n{overflow.Raw}") is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    /// <returns>What to change before the request is sent again, and to remember if it is taken then; null when another shape would not
    /// help.</returns>
    public static Func<EndpointMemory, EndpointMemory>? Lesson(WireException refusal, WireRequest request)
    {
        if (
            refusal.Fault is not (WireFault.Status or WireFault.Error)
            || refusal.Status is not (null or 400 or 404 or 422 or 500)
            || IsOverflow(refusal)
            || IsCrowded(refusal)
            || IsLoading(refusal)
            || IsOwnWords(refusal)
        )
        {
            return null;
        }
        if (SchemaWords.Lesson(refusal, request) is { } slimmer)
        {
            return slimmer;
        }
        if (!request.Memory.MergeNeighbours && Alternation().IsMatch(refusal.Message))
        {
            return known => known with { MergeNeighbours = true };
        }
        if (!request.Memory.MergeSystem && (SystemRole().IsMatch(refusal.Message) || Alternation().IsMatch(refusal.Message)))
        {
            return known => known with { MergeSystem = true };
        }
        return FieldToDrop(refusal, request) is { } field ? known => known.Reject(field) : null;
    }

    /// <summary>The field the text names; if it only says that some field is unknown, the next one of the list.</summary>
    private static string? FieldToDrop(WireException refusal, WireRequest request)
    {
        var text = refusal.Message;
        if (refusal.Status is not (null or 400 or 422) || ThinkingSwitch.Fields.Any(field => request.Has(field) && Names(text, field)))
        {
            return null;
        }
        var left = WireRequest.Droppable.Where(request.Has).ToList();
        return left.Append("max_tokens").Where(request.Has).FirstOrDefault(field => Names(text, field))
            ?? (refusal.Status is not null && UnknownField().IsMatch(text) ? left.FirstOrDefault() : null);
    }

    /// <summary>A field that is a word of its own is not meant wherever the word stands.</summary>
    private static bool Names(string text, string field) =>
        Regex.IsMatch(text, $@"(?<!\w){field}(?!\w)", AnyCase)
        && (field.Contains('_', StringComparison.Ordinal) || Refuses().IsMatch(text));

    [GeneratedRegex(@"\b(loading|starting|warming|not (yet )?(ready|loaded))\b", AnyCase)]
    private static partial Regex Loading();

    /// <summary>LM Studio, to requests on their way while a model is changed.</summary>
    [GeneratedRegex(@"\bmodel (is |was |has been )?(unloaded|reloaded)\b|^loading model\b", AnyCase)]
    private static partial Regex Unloaded();

    /// <summary>Words that are said of a prompt only.</summary>
    [GeneratedRegex(
        @"exceed_context_size|context_length_exceeded|ContextWindowExceeded|tokens to keep|to keep the first \d+ tokens"
            + @"|\bn_keep\b.{0,20}\bn_ctx\b|`?inputs`? tokens \+ `?max_new_tokens|`?inputs`? must have less than|maximum model length"
            + "|max_seq_len|exceeds the available cont|too large to process"
            + "|no user query found in messages|(prompt|input) is too (long|big)|too many (input )?tokens"
            + "|cannot be greater than max_model_len|max_(completion_)?tokens is too large"
            + "|reduce the length of the (input|prompt|messages)",
        AnyCase
    )]
    private static partial Regex TooLong();

    /// <summary>The window, and that it is too small.</summary>
    [GeneratedRegex(
        @"(maximum|exceed\w*|longer|larger|greater|fit|limit\w*|supports|overflow\w*|too (small|long|large|big))\b.{0,60}"
            + @"\bcontext.{0,12}(length|window|size|limit)"
            + @"|\bcontext.{0,12}(length|window|size|limit).{0,60}"
            + @"\b(maximum|exceed\w*|longer|larger|greater|fit|supports|overflow\w*|full|reached|too (small|long|large|big))",
        AnyCase
    )]
    private static partial Regex WindowNamed();

    /// <summary>llama.cpp with one cache for all slots says the first to everybody who is being answered, and so does LM Studio; an old
    /// llama.cpp says the second; LM Studio and Ollama lose their runner.</summary>
    [GeneratedRegex(
        "context size has been exceeded|context shift is disabled|model has crashed"
            + "|runner (process )?has (unexpectedly )?(stopped|terminated|crashed)",
        AnyCase
    )]
    private static partial Regex Crowded();

    [GeneratedRegex(
        @"(?:maximum context length|model's context length|maximum model length of|available context size|context (?:size|window|length)"
            + @"|""?n_ctx""?|max_seq_len|max_total_tokens|must be <=|must have less than|configured limit of|supports at most)"
            + @"(?: (?:is|of|only|supports))*\)? ?[:=]? ?\(?(\d{3,7})\b",
        AnyCase
    )]
    private static partial Regex WindowSize();

    [GeneratedRegex(
        @"\bbusy\b|queue (is )?full|(pending|queued|concurrent|too many) requests|no slots? (is |are )?(currently )?available"
            + @"|slot unavailable|requests too quickly|overloaded|\bat (full |max(imum)? )?capacity|higher priority request",
        AnyCase
    )]
    private static partial Regex Busy();

    [GeneratedRegex(
        "failed to parse (the )?(input|output|tool|function)|output that does not match the expected"
            + "|(tool|reasoning) parser|error parsing tool",
        AnyCase
    )]
    private static partial Regex OwnWords();

    [GeneratedRegex(
        @"system (role|message|prompt)s?\b.{0,40}\bnot\b|only .{0,30}user.{0,20}assistant roles"
            + "|(unsupported|unknown|invalid|unexpected).{0,20}role.{0,10}system",
        AnyCase
    )]
    private static partial Regex SystemRole();

    [GeneratedRegex(@"\balternat", AnyCase)]
    private static partial Regex Alternation();

    [GeneratedRegex(
        @"\b(unknown|unexpected|unrecognized|unsupported|invalid|extra|must|cannot|only|forbidden"
            + @"|not (permitted|allowed|supported|accepted|implemented))\b",
        AnyCase
    )]
    private static partial Regex Refuses();

    /// <summary>Not the words alone: "crashed without additional information", "features not supported by xgrammar".</summary>
    [GeneratedRegex(
        @"\b(unknown|unexpected|unrecogni[sz]ed|unsupported|invalid|extra|additional) (request )?"
            + @"(inputs?|fields?|arguments?|parameters?|params?|keys?|propert(y|ies)|values?|options?)\b"
            + @"|\b(inputs?|fields?|arguments?|parameters?|params?|keys?|propert(y|ies)|options?)\b.{0,60}"
            + @"\b(unknown|unexpected|unsupported|forbidden|not (permitted|allowed|supported|accepted|recogni[sz]ed))\b"
            + @"|^\W*(unsupported|not supported|unknown|unexpected|forbidden)\W*$",
        AnyCase
    )]
    private static partial Regex UnknownField();
}

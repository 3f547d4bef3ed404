using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Models;

/// <summary>What servers mean by their error texts. One table, collected from many servers; none of them has codes for these.</summary>
internal static partial class ServerWords
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Not an error: it is still reading its weights.</summary>
    public static bool IsLoading(WireException failure) => failure.Status is 503 or 404 && Loading().IsMatch(failure.Message);

    /// <summary>The prompt does not fit the context window.</summary>
    public static bool IsOverflow(WireException failure) =>
        failure.Fault is WireFault.Status or WireFault.Error && Overflow().IsMatch(failure.Message);

    /// <summary>The window in tokens, if the overflow names it.</summary>
    public static int? Window(WireException overflow) =>
        WindowSize().Match($"{overflow.Message}\n{overflow.Raw}") is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    /// <returns>What to remember before the request is sent again; null when another shape would not help.</returns>
    public static Func<EndpointMemory, EndpointMemory>? Lesson(WireException refusal, WireRequest request)
    {
        if (
            refusal.Fault is not (WireFault.Status or WireFault.Error)
            || refusal.Status is not (null or 400 or 404 or 422 or 500)
            || IsOverflow(refusal)
            || IsLoading(refusal)
        )
        {
            return null;
        }
        if (!request.Memory.MergeNeighbours && Alternation().IsMatch(refusal.Message))
        {
            return known => known with { MergeNeighbours = true };
        }
        if (!request.Memory.MergeSystem && (SystemRole().IsMatch(refusal.Message) || Alternation().IsMatch(refusal.Message)))
        {
            return known => known with { MergeSystem = true };
        }
        return refusal.Status is 400 or 422 && FieldToDrop(refusal.Message, request) is { } field ? known => known.Reject(field) : null;
    }

    /// <summary>The field the text names; if it only says that some field is unknown, the next one of the list.</summary>
    private static string? FieldToDrop(string text, WireRequest request)
    {
        var left = WireRequest.Droppable.Where(request.Has).ToList();
        return left.Append("max_tokens").Where(request.Has).FirstOrDefault(field => Regex.IsMatch(text, $@"(?<!\w){field}(?!\w)", AnyCase))
            ?? (text.Length == 0 || UnknownField().IsMatch(text) ? left.FirstOrDefault() : null);
    }

    [GeneratedRegex(@"\b(loading|starting|warming|not (yet )?(ready|loaded))\b", AnyCase)]
    private static partial Regex Loading();

    [GeneratedRegex(
        @"exceed_context_size|context.{0,12}(length|window|size)|`?inputs`? tokens \+ `?max_new_tokens|tokens to keep"
            + "|too large to process|no user query found in messages|prompt is too long|too many (input )?tokens",
        AnyCase
    )]
    private static partial Regex Overflow();

    [GeneratedRegex(
        @"(?:maximum context length (?:is|of)|context (?:size|window|length) (?:is|of)?|""?n_ctx""? ?:?|must be <=) ?\(?(\d{3,7})\b",
        AnyCase
    )]
    private static partial Regex WindowSize();

    [GeneratedRegex(
        @"system (role|message|prompt)s?\b.{0,40}\bnot\b|only .{0,30}user.{0,20}assistant roles"
            + "|(unsupported|unknown|invalid|unexpected).{0,20}role.{0,10}system",
        AnyCase
    )]
    private static partial Regex SystemRole();

    [GeneratedRegex(@"\balternat", AnyCase)]
    private static partial Regex Alternation();

    [GeneratedRegex(
        @"\b(unknown|unexpected|unrecognized|unsupported|extra|additional|not (permitted|allowed|supported|accepted)|forbidden)\b",
        AnyCase
    )]
    private static partial Regex UnknownField();
}

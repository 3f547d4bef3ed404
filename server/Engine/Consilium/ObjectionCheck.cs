using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>What a proof may look at: the workspace as read-only tools see it. No command is ever started for a vote: about tests it knows
/// what the run saw.</summary>
/// <param name="Lines">The lines of a file; null when there is none (or it may not be read).</param>
/// <param name="Contains">Some file holds this text; in one file when a path is given.</param>
/// <param name="HoldsSecret">A line holds what looks like a credential; null: there is no such line.</param>
/// <param name="IsDenied">The rules refuse this command at the run's level.</param>
/// <param name="Failed">Some test of this name failed in the last run of the tests; null: they did not run.</param>
internal sealed record Evidence(
    Func<string, IReadOnlyList<string>?> Lines,
    Func<string, bool> Exists,
    Func<string, string?, CancellationToken, bool> Contains,
    Func<string, int, bool?> HoldsSecret,
    Func<string, bool> IsDenied,
    Func<string, bool?> Failed
);

/// <summary>An objection counts only when its place is real and its proof comes out as it says. Everything else is advice.</summary>
internal static class ObjectionCheck
{
    private const int ShortestQuote = 8,
        NearLines = 3;

    /// <summary>Text that is found somewhere is a weak proof; a secret, a refused command or a failing test is a strong one.</summary>
    public static bool IsStrong(Objection objection) =>
        (objection.Proof ?? "").Split('|')[0].Trim().ToLowerInvariant() is "secret" or "policy" or "test";

    public static Objection Check(
        Objection objection,
        IReadOnlyList<string> planSteps,
        Evidence evidence,
        CancellationToken cancellationToken
    )
    {
        if (PlaceProblem(objection, planSteps, evidence) is { } problem)
        {
            return objection with { State = ObjectionState.Unverified, Evidence = problem };
        }
        var proof = (objection.Proof ?? "").Split('|', StringSplitOptions.TrimEntries);
        if (proof.Length != 3)
        {
            return objection with { State = ObjectionState.Unverified, Evidence = "no proof was offered" };
        }
        var argument = proof[1].Trim('`', '"');
        if (!IsRelated(argument, objection))
        {
            return objection with { State = ObjectionState.Unverified, Evidence = "the proof is about something else" };
        }
        var (kind, expected) = (proof[0].ToLowerInvariant(), proof[2].ToLowerInvariant());
        return Holds(kind, argument, evidence, cancellationToken) switch
        {
            null => objection with
            {
                State = ObjectionState.Unverified,
                Evidence = $"a proof \"{proof[0]} | {argument}\" cannot be checked here",
            },
            var holds when holds == (expected is "found" or "fail" or "deny") => objection with
            {
                State = ObjectionState.Verified,
                Evidence = $"{argument}: {Word(kind, holds.Value)}, as the objection says",
            },
            var holds => objection with
            {
                State = ObjectionState.Refuted,
                Evidence = $"{argument}: {Word(kind, holds!.Value)}, against the objection",
            },
        };
    }

    /// <returns>Found, failing or refused; null: it cannot be said.</returns>
    private static bool? Holds(string kind, string argument, Evidence evidence, CancellationToken cancellationToken)
    {
        var parts = argument.Split(" in ", 2, StringSplitOptions.TrimEntries);
        return kind switch
        {
            "path" => evidence.Exists(argument),
            "search" or "symbol" => evidence.Contains(parts[0], parts.Length == 2 ? parts[1] : null, cancellationToken),
            "secret" when argument.LastIndexOf(':') is > 0 and var colon && int.TryParse(argument.AsSpan(colon + 1), out var line) =>
                evidence.HoldsSecret(argument[..colon], line),
            "policy" => evidence.IsDenied(argument),
            "test" => evidence.Failed(argument),
            _ => null,
        };
    }

    private static string Word(string kind, bool holds) =>
        (kind, holds) switch
        {
            ("policy", true) => "refused",
            ("policy", false) => "not refused",
            ("test", true) => "fails",
            ("test", false) => "does not fail",
            (_, true) => "found",
            _ => "not found",
        };

    private static string? PlaceProblem(Objection objection, IReadOnlyList<string> planSteps, Evidence evidence)
    {
        var colon = objection.At.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(objection.At.AsSpan(colon + 1), out var number))
        {
            return "it names no place";
        }
        var path = objection.At[..colon];
        if (path.Equals("plan", StringComparison.OrdinalIgnoreCase))
        {
            return number >= 1 && number <= planSteps.Count ? null : $"the plan has no step {number}";
        }
        if (evidence.Lines(path) is not { } lines)
        {
            return $"there is no file {path}";
        }
        var quote = objection.Quote.Trim();
        var near = lines.Skip(Math.Max(0, number - 1 - NearLines)).Take((2 * NearLines) + 1);
        return quote.Count(letter => !char.IsWhiteSpace(letter)) < ShortestQuote ? "the quote is too short to be found"
            : near.Any(line => line.Contains(quote, StringComparison.Ordinal)) ? null
            : $"the quoted line is not near {objection.At}";
    }

    /// <summary>A true but unrelated fact proves nothing: the argument must share a word with the objection.</summary>
    private static bool IsRelated(string argument, Objection objection)
    {
        var said = $"{objection.At} {objection.Quote} {objection.Text}";
        return argument
            .Split([' ', '/', '.', '(', ')', ',', ':', ';', '_'], StringSplitOptions.RemoveEmptyEntries)
            .Any(word => word.Length >= 3 && said.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}

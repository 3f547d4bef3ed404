using System.Globalization;
using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <summary>Makes a vote of what a role wrote. Never throws; nothing in a vote is ever executed.</summary>
internal static partial class VoteReader
{
    private const int MostRisks = 3,
        MostChecks = 3,
        MostObjections = 2,
        LongText = 200,
        LongReason = 400;

    /// <returns>The vote, and a sentence naming what was missing; null when nothing was. Without a verdict the vote abstains.</returns>
    public static (Vote Vote, string? Missing) Read(Role role, string reply)
    {
        var fields = ReplyFields.Read(reply, "verdict", "reason", "decision", "risk", "objection", "proof", "check", "confidence");
        var objections = Objections(fields).Take(MostObjections).ToList();
        var verdict = Verdict(fields);
        var confidence = Confidence(fields.Last("confidence"));
        var decision = Cut(fields.Last("decision") ?? "", LongText);
        var vote = new Vote(
            role,
            verdict ?? Contracts.Verdict.Abstain,
            decision,
            Texts(fields, "risk", MostRisks),
            Texts(fields, "check", MostChecks),
            confidence,
            Cut(fields.Last("reason") ?? "", LongReason),
            objections.Count == 0 ? null : objections,
            verdict is null ? VoteState.Malformed : VoteState.Valid
        );
        string?[] missing =
        [
            verdict is null ? "VERDICT" : null,
            decision.Length == 0 ? "DECISION" : null,
            confidence is null ? "CONFIDENCE" : null,
        ];
        var names = string.Join(", ", missing.OfType<string>());
        return (vote, names.Length == 0 ? null : $"no usable {names} was in it.");
    }

    /// <summary>The last line that holds exactly one verdict; the form itself, echoed, holds four.</summary>
    private static Verdict? Verdict(ReplyFields fields) =>
        fields.All("verdict").Select(text => Meant(text)).LastOrDefault(verdict => verdict is not null);

    private static Verdict? Meant(string text)
    {
        var found = Words.Where(word => word.Pattern.IsMatch(text)).Select(word => word.Verdict).Distinct().ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static readonly (Regex Pattern, Verdict Verdict)[] Words =
    [
        (Approve(), Contracts.Verdict.Approve),
        (Revise(), Contracts.Verdict.Revise),
        (Reject(), Contracts.Verdict.Reject),
        (Abstain(), Contracts.Verdict.Abstain),
    ];

    private static int? Confidence(string? text)
    {
        if (text is null || Number().Match(text) is not { Success: true } match)
        {
            return null;
        }
        var number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        var value =
            match.Groups["percent"].Success ? number / 10
            : match.Groups["number"].Value.Contains('.') && number <= 1 ? number * 10
            : number;
        // Small models count to 100: 85 means 8.5.
        value = value is > 10 and <= 100 ? value / 10 : value;
        var whole = (int)Math.Round(value, MidpointRounding.AwayFromZero);
        return whole is >= 0 and <= 10 ? whole : null;
    }

    /// <summary>
    /// An objection reads <c>must | place | quote | text</c>; its proof follows on the same line (from JSON) or on a PROOF line below
    /// it.
    /// </summary>
    private static IEnumerable<Objection> Objections(ReplyFields fields)
    {
        foreach (var (line, below) in WithProofs(fields).Where(objection => !IsNone(objection.Line)))
        {
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            if (parts.Length >= 4)
            {
                var proof = parts.Length >= 7 ? string.Join(" | ", parts[^3..]) : below;
                yield return new(
                    parts[0].StartsWith("must", StringComparison.OrdinalIgnoreCase),
                    parts[1].Trim('`', '"'),
                    parts[2].Trim('`', '"'),
                    Cut(parts[3], LongText),
                    Proof: proof
                );
            }
            else
            {
                yield return new(Must: false, "", "", Cut(line, LongText));
            }
        }
    }

    /// <summary>
    /// A proof belongs to the objection it stands below. Below several in a row a single one belongs to the last, as many as objections
    /// belong to them in their order, and any other number to none: a veto must not rest on what was said for another objection.
    /// </summary>
    private static List<(string Line, string? Proof)> WithProofs(ReplyFields fields)
    {
        List<(string Line, string? Proof)> objections = [];
        List<string> proofs = [];
        var start = 0;
        foreach (var (name, value) in fields.InOrder.Where(field => field.Name is "objection" or "proof"))
        {
            if (name == "proof")
            {
                proofs.Add(value);
                continue;
            }
            EndRow();
            objections.Add((value, null));
        }
        EndRow();
        return objections;

        void EndRow()
        {
            if (proofs.Count == 0)
            {
                return;
            }
            var row = objections.Count - start;
            for (var at = 0; at < proofs.Count && (proofs.Count == row || proofs.Count == 1) && row > 0; at++)
            {
                var owner = objections.Count - proofs.Count + at;
                objections[owner] = (objections[owner].Line, IsNone(proofs[at]) ? null : proofs[at]);
            }
            (start, proofs) = (objections.Count, []);
        }
    }

    private static IReadOnlyList<string> Texts(ReplyFields fields, string name, int most) =>
        [.. fields.All(name).Where(text => text.Length > 0 && !IsNone(text)).Take(most).Select(text => Cut(text, LongText))];

    private static bool IsNone(string text) => None().IsMatch(text);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    [GeneratedRegex(@"\b(approved?|lgtm|yes|accept(ed)?|одобря\w*|за)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Approve();

    [GeneratedRegex(@"\b(revised?|needs? work|request changes|changes requested|доработ\w*)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Revise();

    [GeneratedRegex(@"\b(reject(ed)?|block(ed)?|deny|denied|veto(ed)?|отклон\w*|против)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Reject();

    [GeneratedRegex(@"\b(abstain(ed)?|abstention|воздерж\w*)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Abstain();

    [GeneratedRegex(@"(?<![\d.])(?<number>\d{1,3}(\.\d{1,3})?)\s?(?<percent>%)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\W*(none|no|n/a|nothing|нет)\W*$|^(low|medium|high)\s*\|\s*none\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex None();
}

using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>What is voted on.</summary>
/// <param name="Round">1: the plan; 2: the plan after its one revision; 3 and up: the change itself.</param>
/// <param name="Reasons">Why the plan counts as risky.</param>
internal sealed record Ballot(
    int Round,
    string PlanId,
    IReadOnlyList<string> Steps,
    IReadOnlyList<string> Files,
    IReadOnlyList<Role> Voters,
    IReadOnlyList<string> Reasons
)
{
    public bool IsOnDiff => Round >= 3;
}

internal sealed record BallotResult(IReadOnlyList<Vote> Votes, TallyResult Tally)
{
    /// <summary>Verified first, then advice; refuted objections are left out.</summary>
    public IReadOnlyList<(Role Role, Objection Objection)> Objections =>
        [
            .. Votes
                .SelectMany(vote => (vote.Objections ?? []).Select(objection => (vote.Role, Objection: objection)))
                .Where(one => one.Objection.State is not ObjectionState.Refuted)
                .OrderBy(one => one.Objection.State is ObjectionState.Verified ? 0 : 1),
        ];

    /// <summary>What must be dealt with: verified, and a must.</summary>
    public IReadOnlyList<(Role Role, Objection Objection)> Proven =>
        [.. Objections.Where(one => one.Objection is { Must: true, State: ObjectionState.Verified })];
}

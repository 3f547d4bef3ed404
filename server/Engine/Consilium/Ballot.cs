using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <summary>Asks the model one question on the shared prefix of the run.</summary>
internal delegate Task<ModelReply> AskTail(string purpose, string tail, int maxTokens, CancellationToken cancellationToken);

/// <summary>What is voted on.</summary>
/// <param name="Round">1: the plan; 2: the plan after its one revision.</param>
internal sealed record Ballot(int Round, string PlanId, IReadOnlyList<string> Steps, IReadOnlyList<string> Files, IReadOnlyList<Role> Voters);

internal sealed record BallotResult(IReadOnlyList<Vote> Votes, TallyResult Tally)
{
    /// <summary>Verified first, then advice; refuted objections are left out.</summary>
    public IReadOnlyList<(Role Role, Objection Objection)> Objections =>
    [
        .. Votes.SelectMany(vote => (vote.Objections ?? []).Select(objection => (vote.Role, Objection: objection)))
            .Where(one => one.Objection.State is not ObjectionState.Refuted)
            .OrderBy(one => one.Objection.State is ObjectionState.Verified ? 0 : 1),
    ];
}

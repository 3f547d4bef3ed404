using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>One vote and what became of it.</summary>
/// <param name="Questions">Version of the role's questions.</param>
/// <param name="Right">0 to 1; null: nothing can be said, the vote only counts as readable or not.</param>
internal sealed record JudgedVote(
    DateTimeOffset At,
    string RunId,
    Role Role,
    string Model,
    string Questions,
    Verdict Verdict,
    VoteState State,
    double? Right,
    int? Confidence
);

/// <summary>
/// What the roles are worth on this machine. The weight is the mean of a Beta distribution, times 1.5, between 0.5 and 1.5; the prior (2,
/// 1) makes a new role 1.0. Before each
/// judged vote what was learnt shrinks by 0.97, so that half of it is forgotten after 23 votes. Stated confidence is kept and shown, never
/// a weight.
/// </summary>
internal sealed class TrackRecord
{
    private const double PriorRight = 2,
        PriorWrong = 1,
        Fading = 0.97;
    private const int FewestForBrier = 10;

    private readonly Dictionary<(Role Role, string Model, string Questions), Tallied> known = [];

    public TrackRecord(IEnumerable<JudgedVote> votes)
    {
        foreach (var vote in votes)
        {
            Add(vote);
        }
    }

    /// <summary>Of the questions as they are now, in role order.</summary>
    public IReadOnlyList<Standing> Standings =>
        [
            .. known
                .Where(entry => entry.Key.Questions == RoleText.Version(entry.Key.Role))
                .OrderBy(entry => entry.Key.Role)
                .ThenBy(entry => entry.Key.Model, StringComparer.Ordinal)
                .Select(entry => entry.Value.Of(entry.Key.Role, entry.Key.Model)),
        ];

    public Standing Of(Role role, string model) =>
        (known.GetValueOrDefault((role, model, RoleText.Version(role))) ?? new Tallied()).Of(role, model);

    public void Add(JudgedVote vote)
    {
        var key = (vote.Role, vote.Model, vote.Questions);
        if (!known.TryGetValue(key, out var tallied))
        {
            known[key] = tallied = new();
        }
        tallied.Add(vote);
    }

    private sealed class Tallied
    {
        private readonly List<(double Sure, double Right)> stated = [];
        private double right,
            wrong,
            all;
        private int judged,
            malformed;

        public void Add(JudgedVote vote)
        {
            malformed += vote.State is VoteState.Malformed ? 1 : 0;
            if (vote.Right is not { } share)
            {
                return;
            }
            share = Math.Clamp(share, 0, 1);
            (right, wrong) = ((right * Fading) + share, (wrong * Fading) + 1 - share);
            judged++;
            all += share;
            if (vote.Confidence is { } confidence)
            {
                stated.Add((Math.Clamp(confidence, 0, 10) / 10.0, share));
            }
        }

        public Standing Of(Role role, string model)
        {
            var weight = 1.5 * (PriorRight + right) / (PriorRight + right + PriorWrong + wrong);
            var enough = stated.Count >= FewestForBrier;
            var average = enough ? stated.Average(one => one.Right) : 0;
            return new(
                role,
                model,
                (int)Math.Round(1000 * Math.Clamp(weight, 0.5, 1.5)),
                Math.Round(all, 2),
                judged,
                enough ? Mean(one => one.Sure) : null,
                enough ? Mean(_ => average) : null,
                malformed
            );

            double Mean(Func<(double Sure, double Right), double> said) =>
                Math.Round(stated.Average(one => Math.Pow(said(one) - one.Right, 2)), 3);
        }
    }
}

using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>The six voters, in the one order used for prompts, tally, display and records.</summary>
[JsonConverter(typeof(SnakeCaseEnum<Role>))]
public enum Role
{
    Director,
    Architect,
    Security,
    Qa,
    Dev,
    Reviewer,
}

[JsonConverter(typeof(SnakeCaseEnum<Verdict>))]
public enum Verdict
{
    Approve,
    Revise,
    Reject,
    Abstain,
}

/// <summary>How the vote came to be: <c>Repaired</c> needed one re-ask, <c>Malformed</c> and <c>Timeout</c> count as abstain.</summary>
[JsonConverter(typeof(SnakeCaseEnum<VoteState>))]
public enum VoteState
{
    Valid,
    Repaired,
    Malformed,
    Timeout,
    Skipped,
}

[JsonConverter(typeof(SnakeCaseEnum<ObjectionState>))]
public enum ObjectionState
{
    Unverified,
    Verified,
    Refuted,
}

/// <summary>One role's answer about the plan.</summary>
/// <param name="Reason">At most three short lines written before the verdict.</param>
/// <param name="Decision">One sentence.</param>
/// <param name="Confidence">0-10 as stated by the model; null when it gave none. Recorded, never a weight.</param>
public sealed record Vote(
    Role Role,
    Verdict Verdict,
    string Decision,
    IReadOnlyList<string> Risks,
    IReadOnlyList<string> Checks,
    int? Confidence,
    string Reason = "",
    IReadOnlyList<Objection>? Objections = null,
    VoteState State = VoteState.Valid,
    string? Model = null,
    long Tokens = 0,
    long Milliseconds = 0
);

/// <param name="Must">True when the role says the plan may not go on without this.</param>
/// <param name="At"><c>path:line</c> or <c>plan:n</c>.</param>
/// <param name="Quote">The line the objection is about, as the role copied it.</param>
/// <param name="Proof">How the role says it can be checked: <c>kind | argument | expected</c>.</param>
/// <param name="Evidence">What the check found, or why there was none; one sentence.</param>
public sealed record Objection(
    bool Must,
    string At,
    string Quote,
    string Text,
    ObjectionState State = ObjectionState.Unverified,
    string? Proof = null,
    string? Evidence = null
);

/// <summary>Who votes: a role, the model that speaks for it, and the weight its track record gives it.</summary>
/// <param name="Weight">In thousandths, 500 to 1500; 1000 for a role without a record. Frozen when the run starts.</param>
public sealed record Seat(Role Role, string Model, int Weight);

/// <summary>A model of its own for one role.</summary>
/// <param name="BaseUrl">Null: the run's own server.</param>
/// <param name="Model">Null: the one the server has loaded.</param>
/// <param name="ApiKeyEnv">Name of the environment variable with the key.</param>
public sealed record RoleModel(string? BaseUrl, string? Model = null, string? ApiKeyEnv = null);

/// <summary>What the judged votes of one role with one model say so far; older votes count less.</summary>
/// <param name="Weight">In thousandths, 500 to 1500.</param>
/// <param name="Right">How many of the judged votes came out right; a part of one when only a part of the patch was accepted.</param>
/// <param name="Brier">Mean squared distance of stated confidence and outcome, 0 best; null below 10 votes with a confidence.</param>
/// <param name="BaseBrier">The same for somebody who always states the average; confidence says something only when
/// <paramref name="Brier"/> is lower.</param>
/// <param name="Malformed">Votes that could not be read.</param>
public sealed record Standing(
    Role Role,
    string Model,
    int Weight,
    double Right,
    int Judged,
    double? Brier,
    double? BaseBrier,
    int Malformed
);

/// <summary>How many votes of each verdict were counted.</summary>
public sealed record VoteCounts(int Approve, int Revise, int Reject, int Abstain);

/// <summary>One item of the Director's execution checklist. <paramref name="Id"/> is <c>c1</c>, <c>c2</c>, … in order.</summary>
public sealed record ChecklistItem(string Id, string Text, IReadOnlyList<string>? Files = null, string? Check = null);

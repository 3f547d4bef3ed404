namespace CodexSidecar.Contracts;

/// <summary>The answer to a <see cref="PermissionAsked"/>. For a patch: a hunk without a decision is rejected; null hunks means all or
/// nothing by <paramref name="Allowed"/>.</summary>
/// <param name="ForSession">The same question (same subject, same words, same kinds of action) is answered like this until the session
/// ends.</param>
public sealed record Answer(bool Allowed, AnsweredBy By, IReadOnlyList<HunkDecision>? Hunks = null, bool ForSession = false);

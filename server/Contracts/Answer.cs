namespace CodexSidecar.Contracts;

/// <summary>The answer to a <see cref="PermissionAsked"/>. For a patch: a hunk without a decision is rejected; null hunks means all or nothing by <paramref name="Allowed"/>.</summary>
public sealed record Answer(bool Allowed, AnsweredBy By, IReadOnlyList<HunkDecision>? Hunks = null);

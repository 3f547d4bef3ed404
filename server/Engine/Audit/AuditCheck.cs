namespace CodexSidecar.Engine.Audit;

/// <summary>What came of checking the chain.</summary>
/// <param name="Good">Lines from the first one on that are as they were written.</param>
/// <param name="BrokenLine">1-based number of the first line that is not; null: the chain holds.</param>
/// <param name="Message">One sentence for people, when there is something to say.</param>
internal sealed record AuditCheck(long Good, long? BrokenLine, string? Message);

using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Runs;

/// <param name="Folder">Where events, cassette, report and snapshot of the run are kept.</param>
public sealed record RunOutcome(string RunId, StopReason Stop, string? Detail, string Message, string Folder);

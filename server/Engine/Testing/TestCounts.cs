namespace CodexSidecar.Engine.Testing;

/// <summary>What a test runner's output says. Counts are null when it names none.</summary>
/// <param name="Failures">Names of the failed tests, in the order of the output, each once.</param>
internal sealed record TestCounts(int? Passed, int? Failed, int? Skipped, IReadOnlyList<string> Failures);

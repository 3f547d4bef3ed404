using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>A run that only tests: after the user has decided hunks, or written something themselves.</summary>
internal static class TestAgain
{
    public static async Task<RunEnd> RunAsync(RunServices kit, CancellationToken cancellationToken)
    {
        if (!kit.TestsMayRun)
        {
            return kit.TestCommand is null
                ? throw new RunStop(StopReason.Forbidden, "There are no tests to run. Say how to test with --test-command.")
                : throw new RunStop(StopReason.Forbidden, $"Level {(int)kit.Level} does not run tests; level 2 would run: {kit.TestCommandLine}");
        }
        var run = await kit.InStageAsync(Stage.Tests, 1, () => new TestStage(kit).RunAsync(1, cancellationToken));
        return run switch
        {
            null => throw new RunStop(StopReason.Forbidden, "The tests were not allowed to run."),
            { IsGreen: true } => new(StopReason.Done, null, "The tests pass."),
            _ => throw new RunStop(StopReason.TestsFailed, $"The tests fail: {string.Join(", ", run.Result.Failures.Take(3).DefaultIfEmpty("see their output"))}."),
        };
    }
}

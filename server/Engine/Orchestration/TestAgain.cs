using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>A run that only tests: after the user has decided hunks, or written something themselves.</summary>
internal static class TestAgain
{
    public static async Task<RunEnd> RunAsync(RunServices services, CancellationToken cancellationToken)
    {
        if (!services.TestsMayRun)
        {
            return services.TestCommand is null
                ? throw new RunStop(StopReason.Forbidden, "There are no tests to run. Say how to test with --test-command.")
                : throw new RunStop(
                    StopReason.Forbidden,
                    $"Level {(int)services.Level} does not run tests; level 2 would run: {services.TestCommandLine}"
                );
        }
        var run = await services.InStageAsync(Stage.Tests, 1, () => new TestStage(services).RunAsync(1, cancellationToken));
        return run switch
        {
            null => throw new RunStop(StopReason.Forbidden, "The tests were not allowed to run."),
            { IsGreen: true } => new(StopReason.Done, null, "The tests pass."),
            _ => throw new RunStop(
                StopReason.TestsFailed,
                $"The tests fail: {string.Join(", ", run.Result.Failures.Take(3).DefaultIfEmpty("see their output"))}."
            ),
        };
    }
}

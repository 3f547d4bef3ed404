using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Testing;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>One run of the project's tests with what it printed.</summary>
internal sealed record TestRun(TestResult Result, string Output)
{
    public bool IsGreen => Result.Outcome is TestOutcome.Passed;

    /// <summary>How many failed; a run without numbers (it did not even compile) is worse than any number.</summary>
    public int Failures =>
        IsGreen ? 0
        : Result.Failed is > 0 and var failed ? failed
        : Result.Failures.Count > 0 ? Result.Failures.Count
        : int.MaxValue;

    /// <summary>It came as far as counting: what does not compile is no worse than what failed.</summary>
    public bool HasNumbers => Failures != int.MaxValue;

    /// <summary>Everything that fails now failed before too, by name, and something that failed before passes now.</summary>
    public bool OnlyFailsWhat(TestRun before) =>
        Result.Failures.Count > 0
        && Result.Failures.Count == Failures
        && Failures < before.Failures
        && before.Result.Failures.Count == before.Failures
        && Result.Failures.All(before.Result.Failures.Contains);
}

/// <summary>Runs the project's own tests; whether they passed is for the test program to say, never for the model.</summary>
internal sealed class TestStage(RunServices services)
{
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(10);
    private int timeouts;

    /// <param name="attempt">0 is the baseline, before any change.</param>
    /// <returns>Null: there are no tests, or they may not run; a notice says why.</returns>
    public async Task<TestRun?> RunAsync(int attempt, CancellationToken cancellationToken)
    {
        if (!services.TestsMayRun)
        {
            Explain(attempt);
            return null;
        }
        var command = services.TestCommandLine!;
        services.Emit(new TestsStarted(attempt, command, Wire.Name(services.Context.Sandbox), services.Context.Shadow));
        var action = RunActions.Tests(services.Context, MostTime, text => services.Emit(new TestsOutput(attempt, text)));
        var outcome = await services.Changes.WatchAsync(() => services.Tools.RunAsync(action, cancellationToken), cancellationToken);
        var run = outcome.Value is { } ran
            ? new TestRun(TestOutputReader.Read(command, ran.Result), ran.Result.Output)
            : new TestRun(new(TestOutcome.NotRun, command, null, null, null, null, [], 0), "");
        services.Emit(new TestsFinished(attempt, run.Result));
        if (outcome.Refused)
        {
            services.Emit(new NoticeRaised(Severity.Warning, "The tests were not run", outcome.Decision.Reason));
            return null;
        }
        if (attempt == 0 && !run.IsGreen)
        {
            ExplainStopped(run);
        }
        CountTimeouts(run);
        return run;
    }

    private void Explain(int attempt)
    {
        if (attempt > 0)
        {
            return;
        }
        services.Emit(
            services.TestCommand is null
                ? new NoticeRaised(
                    Severity.Warning,
                    "No tests found",
                    "Nothing will prove the change. Say how to test with --test-command."
                )
                : new NoticeRaised(
                    Severity.Info,
                    "The tests are not run",
                    $"Level {(int)services.Level} does not run anything; level 2 would run: {services.TestCommandLine}"
                )
        );
    }

    /// <summary>Tests that fail because of the sandbox fail whatever the model does; so the user is told before it tries.</summary>
    private void ExplainStopped(TestRun run)
    {
        if (services.Context.Sandbox is not SandboxKind.None && StoppedWrite.Find(run.Output, services.Root.Folder) is { } path)
        {
            services.Emit(
                new NoticeRaised(
                    Severity.Warning,
                    "The sandbox stopped a write of the tests",
                    $"{path}: commands write only to the workspace and to temporary folders, so these tests cannot pass here as they are."
                )
            );
        }
    }

    private void CountTimeouts(TestRun run)
    {
        timeouts = run.Result.Outcome is TestOutcome.TimedOut ? timeouts + 1 : 0;
        if (timeouts >= 2)
        {
            throw new RunStop(
                StopReason.TestsFailed,
                "timeout",
                $"The tests took longer than {MostTime.TotalMinutes:0} minutes twice in a row."
            );
        }
    }
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Testing;

public sealed class TestOutputReaderSpecs
{
    [Theory]
    [InlineData(RunnerOutput.NodeTap, 1, 3, 1, "adds", "throws", "deep")]
    [InlineData(RunnerOutput.NodeSpec, 1, 3, 1, "adds", "throws", "deep")]
    [InlineData(RunnerOutput.Unittest, 1, 2, 1, "test_b (test_x.T.test_b)", "test_a (test_x.T.test_a)")]
    [InlineData(RunnerOutput.Cargo, 1, 1, 1, "t::a")]
    [InlineData(RunnerOutput.VsTest, 4, 1, 2, "Calc.Tests.SumTests.Adds")]
    [InlineData(RunnerOutput.TestingPlatform, 4, 1, 2, "Calc.Tests.SumTests.Adds")]
    [InlineData(RunnerOutput.Pytest, 2, 1, 1, "test_sum")]
    [InlineData(RunnerOutput.Go, null, 2, 0, "TestSum", "TestGroup/negative")]
    [InlineData(RunnerOutput.Jest, 4, 1, 1, "calculator › adds")]
    [InlineData(RunnerOutput.Vitest, 4, 1, 0, "sum.test.ts > adds")]
    [InlineData(RunnerOutput.Mocha, 4, 1, 1, "calculator adds")]
    [InlineData(RunnerOutput.CompileErrors, null, null, null)]
    [InlineData("", null, null, null)]
    public void Counts_and_names_are_read(string output, int? passed, int? failed, int? skipped, params string[] names)
    {
        var counts = TestOutputReader.Read(output, 1);

        Assert.Equal((passed, failed, skipped), (counts.Passed, counts.Failed, counts.Skipped));
        Assert.Equal(names, counts.Failures);
    }

    [Fact]
    public void Several_projects_are_added_up()
    {
        var counts = TestOutputReader.Read(RunnerOutput.VsTest + "\n" + RunnerOutput.VsTest, 1);

        Assert.Equal((8, 2, 4), (counts.Passed, counts.Failed, counts.Skipped));
    }

    [Theory]
    [InlineData(0, false, "ok", TestOutcome.Passed)]
    [InlineData(0, false, RunnerOutput.NodeTap, TestOutcome.Failed)] // `node --test || true`
    [InlineData(1, false, "# pass 5\n# fail 0", TestOutcome.Failed)]
    [InlineData(null, true, "# pass 5", TestOutcome.TimedOut)]
    public void The_exit_code_decides_and_counted_failures_are_failures(int? exitCode, bool timedOut, string output, TestOutcome outcome)
    {
        var result = new CommandResult(exitCode, output, timedOut, false, TimeSpan.FromMilliseconds(5), SandboxKind.None);

        Assert.Equal(
            (outcome, 5),
            (TestOutputReader.Read("node --test", result).Outcome, TestOutputReader.Read("node --test", result).Milliseconds)
        );
    }

    [Fact]
    public void Colours_and_line_ends_do_not_matter()
    {
        var coloured = "\u001b[31m" + RunnerOutput.NodeSpec.Replace("\n", "\u001b[0m\r\n\u001b[1;32m");

        Assert.Equivalent(TestOutputReader.Read(RunnerOutput.NodeSpec, 1), TestOutputReader.Read(coloured, 1));
    }
}

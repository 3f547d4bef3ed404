using CodexSidecar.Engine.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Testing;

public sealed class FailureTrimmerSpecs
{
    [Fact]
    public void Of_node_stay_the_error_and_the_places_in_the_users_code() =>
        Shows(
            RunnerOutput.NodeSpec,
            "/tmp/bwt/js",
            """
            FAILED adds
              AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

              -1 !== 3
                  at TestContext.<anonymous> (sum.test.js:2:25)

            FAILED deep
              AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal:
              + actual - expected

                {
                  a: 1,
                  b: [
                    1,
              +     2
              -     3
                  ]
                }
                  at TestContext.<anonymous> (sum.test.js:4:25)

            FAILED throws
              TypeError [Error]: boom
                  at exports.bad (sum.js:1:48)
                  at TestContext.<anonymous> (sum.test.js:3:42)
            """
        );

    [Fact]
    public void Of_dotnet_stay_the_error_and_the_line() =>
        Shows(
            RunnerOutput.VsTest,
            "/tmp/calc",
            """
            FAILED Calc.Tests.SumTests.Adds
               Assert.Equal() Failure: Values differ
            Expected: 3
            Actual:   -1
                 at Calc.Tests.SumTests.Adds() in tests/SumTests.cs:line 9
            """
        );

    [Fact]
    public void Of_the_new_runner_of_dotnet_too() =>
        Shows(
            RunnerOutput.TestingPlatform,
            "/tmp/calc",
            """
            FAILED Calc.Tests.SumTests.Adds
              Assert.Equal() Failure: Values differ
              Expected: 3
              Actual:   -1
                at Calc.Tests.SumTests.Adds() in tests/SumTests.cs:9
            """
        );

    [Fact]
    public void Of_unittest_stay_the_error_after_the_places() =>
        Shows(
            RunnerOutput.Unittest,
            "/tmp/bwt/py",
            """
            FAILED test_a (test_x.T.test_a)
                def test_a(self): self.assertEqual(f(1),2)
            AssertionError: 0 != 2
              File "test_x.py", line 4, in test_a

            FAILED test_b (test_x.T.test_b)
                def test_b(self): raise ValueError("no")
            ValueError: no
              File "test_x.py", line 5, in test_b
            """
        );

    [Fact]
    public void Of_pytest_stay_the_marked_lines() =>
        Shows(
            RunnerOutput.Pytest,
            "/home/me/calc",
            """
            FAILED test_sum
                def test_sum():
            >       assert add(1, 2) == 3
            E       assert -1 == 3
            E        +  where -1 = add(1, 2)
            tests/test_calc.py:6: AssertionError
            """
        );

    [Fact]
    public void Of_cargo_goes_the_number_of_the_thread() =>
        Shows(
            RunnerOutput.Cargo,
            "/tmp/bwt/rs",
            """
            FAILED t::a
            thread 't::a' panicked at src/lib.rs:2:50:
            assertion `left == right` failed
              left: 0
             right: 2
            """
        );

    /// <summary>A runner that works in parallel tells the same failures in another order each time; a recorded exchange must still
    /// fit.</summary>
    [Fact]
    public void The_order_of_the_output_does_not_matter()
    {
        const string One = "failed Shop.A (3ms)\n  Expected: 1\n",
            Two = "failed Shop.B (0ms)\n  Expected: 2\n";
        Assert.Equal(FailureTrimmer.Trim(One + Two, 1_000, "/tmp"), FailureTrimmer.Trim(Two + One, 1_000, "/tmp"));
    }

    [Fact]
    public void Of_go_stay_the_messages() =>
        Shows(
            RunnerOutput.Go,
            "/home/me/calc",
            """
            FAILED TestGroup/negative
                    sum_test.go:14: got 5

            FAILED TestSum
                sum_test.go:7: Sum(1, 2) = -1, want 3
            """
        );

    [Fact]
    public void What_does_not_compile_shows_each_error_once() =>
        Shows(
            RunnerOutput.CompileErrors,
            "/tmp/calc",
            """
            src/Calc.cs(3,20): error CS1002: ; expected [src/Calc.csproj]

            src/Calc.cs(5,9): error CS0103: The name 'x' does not exist in the current context [src/Calc.csproj]
            """
        );

    [Fact]
    public void Output_that_says_nothing_known_shows_its_end() =>
        Assert.Equal(
            string.Join('\n', Enumerable.Range(71, 30).Select(i => $"line {i}")),
            FailureTrimmer.Trim(string.Join('\n', Enumerable.Range(1, 100).Select(i => $"line {i}")), 10_000)
        );

    [Fact]
    public void At_most_three_failures_are_shown_and_the_others_counted()
    {
        var output = string.Concat(
            Enumerable.Range(1, 5).Select(i => $"---- t{i} stdout ----\nthread 't{i}' panicked at src/lib.rs:{i}:1:\nno\n\n")
        );

        var text = FailureTrimmer.Trim(output, 10_000);

        Assert.EndsWith("panicked at src/lib.rs:3:1:\nno\n\n(2 more failing)", text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(200)]
    public void The_limit_is_kept(int limit) =>
        Assert.InRange(FailureTrimmer.Trim(RunnerOutput.NodeSpec, limit).Length, limit == 0 ? 0 : 1, limit);

    [Theory]
    [InlineData(RunnerOutput.NodeSpec, "/tmp/bwt/js")]
    [InlineData(RunnerOutput.NodeTap, "/tmp/bwt/js")]
    [InlineData(RunnerOutput.VsTest, "/tmp/calc")]
    [InlineData(RunnerOutput.Unittest, "/tmp/bwt/py")]
    [InlineData(RunnerOutput.Cargo, "/tmp/bwt/rs")]
    public void The_same_failure_elsewhere_and_at_another_speed_is_the_same_text(string output, string folder)
    {
        var elsewhere = output
            .Replace(folder, "/home/someone/projects/x")
            .Replace("1.79417", "12.5")
            .Replace("0.157354", "3")
            .Replace("[3 ms]", "[1 s]")
            .Replace("0.001s", "1.25s")
            .Replace("(27282)", "(9)")
            .Replace("00:00:00.18", "00:00:01.02")
            .Replace("105.685437", "7");

        Assert.Equal(FailureTrimmer.Trim(output, 4_000, folder), FailureTrimmer.Trim(elsewhere, 4_000, "/home/someone/projects/x"));
        Assert.Equal(FailureTrimmer.Trim(output, 4_000), FailureTrimmer.Trim(elsewhere, 4_000));
        Assert.DoesNotContain(folder, FailureTrimmer.Trim(output, 4_000));
    }

    [Fact]
    public void A_signature_forgets_numbers_and_places_and_nothing_else()
    {
        var first = FailureSignature.Of(RunnerOutput.VsTest);

        Assert.Equal(
            first,
            FailureSignature.Of(RunnerOutput.VsTest.Replace("/tmp/calc", "/srv/x").Replace("line 9", "line 11").Replace("[3 ms]", "[4 s]"))
        );
        Assert.NotEqual(first, FailureSignature.Of(RunnerOutput.VsTest.Replace("SumTests.Adds", "SumTests.Subtracts")));
        Assert.NotEqual(first, FailureSignature.Of(RunnerOutput.VsTest.Replace("Values differ", "Value is null")));
        Assert.Matches("^[0-9a-f]{16}$", first);
    }

    private static void Shows(string output, string workspace, string expected) =>
        Assert.Equal(expected, FailureTrimmer.Trim(output, 10_000, workspace));
}

using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Every guard of docs/architecture.md with its stop reason: a run that gets nowhere ends, says why, and leaves the files as they
/// were.</summary>
public sealed class GuardSpecs
{
    private const string Wrong = "export const double = (n) => 1;\n",
        Crash = "export const double = (n) => n.nothing.here;\n";

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_same_call_with_the_same_result_three_times() =>
        EndsAsync(
            StopReason.Loop,
            null,
            "the same call 3 times",
            Answer("Which files matter", Call("list_dir", ".")),
            Answer("Result of", Call("list_dir", "."))
        );

    [Fact]
    public async Task Two_calls_in_turn_end_the_looking_around_after_five_rounds_and_the_run_goes_on()
    {
        await using var bench = new RunBench([
            Answer("Which files matter", Call("list_dir", ".")),
            Answer("Result of list_dir", Call("read_file", "double.js")),
            Answer("Result of read_file", Call("list_dir", ".")),
            .. Says.Begin,
            Says.Patch("double.js", RunBench.Solved),
        ]);
        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);
        Assert.Equal(7, bench.Server.Chats.Count);
    }

    /// <summary>Roles on several servers are asked at the same time: requests under way count before they have cost anything.</summary>
    [Fact]
    public void Forty_requests_are_the_most_also_when_all_are_asked_at_the_same_time()
    {
        var guards = new Guards(TimeProvider.System);
        var refused = 0;
        Parallel.For(0, 200, _ =>
        {
            try
            {
                guards.BeforeRequest(new(0, 0, 0, 0, 0, false));
            }
            catch (RunStop)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(160, refused);
    }

    [Fact]
    public Task The_same_forbidden_call_three_times() =>
        EndsAsync(
            StopReason.Forbidden,
            null,
            "not allowed 3 times",
            Answer("Which files matter", Call("read_file", "../other/secret.txt")),
            Answer("Result of", Call("read_file", "../other/secret.txt"))
        );

    [Fact]
    public Task Five_forbidden_calls() =>
        EndsAsync(
            StopReason.Forbidden,
            null,
            "not allowed 5 times",
            Answer("Which files matter", string.Concat(Enumerable.Range(0, 3).Select(number => Call("read_file", $"../{number}")))),
            Answer("Result of", string.Concat(Enumerable.Range(3, 3).Select(number => Call("read_file", $"../{number}"))))
        );

    [Fact]
    public async Task The_same_failure_after_two_repairs_makes_a_fresh_attempt_and_then_the_end()
    {
        var bench = await EndsAsync(
            StopReason.TestsFailed,
            null,
            "still fail",
            [
                .. Says.Begin,
                Says.Patch("double.js", Wrong).Once(),
                Repair(2).Once(),
                Repair(3).Once(),
                Says.Patch("double.js", "export const double = () => 9;\n"),
            ]
        );
        Assert.Equal(["patch", "repair", "repair", "patch"], Asked(bench));
        Assert.Contains("An earlier attempt failed", bench.Server.Chats[^1].LastUserText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_long_as_the_failure_changes_repairs_go_on_to_four()
    {
        string[] bodies = ["1", "n.nothing.here", "nobody", "{ throw new RangeError('no'); }", "{ throw new URIError('no'); }"];
        string Other(int number) => $"export const double = (n) => {bodies[number - 1]};\n";
        var bench = await EndsAsync(
            StopReason.TestsFailed,
            null,
            "still fail",
            [
                .. Says.Begin,
                Says.Patch("double.js", Other(1)).Once(),
                .. Enumerable.Range(2, 4).Select(number => Says.Repair("double.js", Other(number)).Once()),
                Says.Patch("double.js", "export const double = () => 9;\n"),
            ]
        );
        Assert.Equal(["patch", "repair", "repair", "repair", "repair", "patch"], Asked(bench));
    }

    [Fact]
    public async Task When_more_fails_than_before_for_the_second_time_everything_is_put_back()
    {
        const string More = "\ntest('one', () => assert.equal(double(1), 2));\ntest('zero', () => assert.equal(double(0) + 1, 1));\n";
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", Crash).Once(),
            Says.Repair("double.js", "export const double = (n) => n.other.thing;\n").Once(),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        // One of three fails at first: zero is 1, and its test wants that.
        bench.Workspace.With(
            "double.test.js",
            bench.Workspace.Read("double.test.js")
                + More.Replace("double(1), 2", "double(1), 3", StringComparison.Ordinal).Replace("+ 1, 1", ", 1", StringComparison.Ordinal)
        );
        await bench.RunAsync(Patience);
        Assert.Equal(["patch", "repair", "patch"], Asked(bench).Take(3));
    }

    [Fact]
    public Task The_same_patch_again() =>
        EndsAsync(
            StopReason.NoProgress,
            null,
            "the same change again",
            [
                .. Says.Begin,
                Says.Patch("double.js", Wrong).Once(),
                Repair(2).Once(),
                Says.Patch("double.js", Wrong) with
                {
                    Last = null,
                    Any = "Carry out the plan",
                },
            ]
        );

    [Fact]
    public Task Three_replies_that_cannot_be_used() =>
        EndsAsync(
            StopReason.MalformedReplies,
            null,
            "3 times in a row",
            [.. Says.Begin, new(new FakeReply { Text = "I have corrected it." }) { Any = "Carry out the plan" }]
        );

    [Fact]
    public Task A_stream_that_turns_in_circles_twice() =>
        EndsAsync(
            StopReason.Loop,
            "stream",
            "",
            [
                .. Says.Begin,
                new(new FakeReply { Text = "and now I correct the function, as it was said before.\n", Repeat = 100_000 })
                {
                    Any = "Carry out the plan",
                },
            ]
        );

    [Fact]
    public async Task A_patch_that_is_too_large_is_asked_about_and_a_no_ends_the_run()
    {
        var many = string.Concat(
            Enumerable
                .Range(0, 21)
                .Select(number => Says.Whole($"src/new{number.ToString(CultureInfo.InvariantCulture)}.js", "export {};\n"))
        );
        await EndsAsync(StopReason.LimitChanges, null, "21 files", [.. Says.Begin, Answer("Carry out the plan", many)]);
        await EndsAsync(
            StopReason.LimitChanges,
            null,
            "lines",
            [
                .. Says.Begin,
                Answer(
                    "Carry out the plan",
                    Says.Whole(
                        "new.js",
                        string.Concat(
                            Enumerable
                                .Range(0, 1_501)
                                .Select(number => $"export const n{number.ToString(CultureInfo.InvariantCulture)} = 1;\n")
                        )
                    )
                ),
            ]
        );
    }

    [Theory]
    [InlineData("double.test.js", "import { test } from 'node:test';\nexport {};\n")]
    [InlineData("double.test.js", "import { test } from 'node:test';\ntest('ok', () => {});\n")]
    public Task A_test_that_is_bent_to_pass(string path, string text) =>
        EndsAsync(StopReason.Forbidden, null, "changed tests prove nothing", [.. Says.Begin, Says.Patch(path, text)]);

    [Theory]
    [InlineData("Fix the failing test", StopReason.Forbidden)]
    [InlineData("double.test.js fails: it expects 4 and gets 5.", StopReason.Forbidden)]
    [InlineData("Repair double so that the tests pass, and do not change the tests.", StopReason.Forbidden)]
    [InlineData("Rewrite the test of double", StopReason.Done)]
    public async Task Naming_a_test_is_not_asking_for_another_one(string task, StopReason stop)
    {
        const string Bent = "import { test } from 'node:test';\ntest('ok', () => {});\n";
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.test.js", Bent)]);
        Assert.Equal(stop, (await bench.RunAsync(Patience, task)).Stop);
    }

    [Theory]
    [InlineData("Update the parser's unit tests to the new API.", true)]
    [InlineData("Rename add to sum, the tests have to be adapted.", true)]
    [InlineData("Обнови тесты под новый API", true)]
    [InlineData("Raise the coverage of the parser", true)]
    [InlineData("Change the code so that the tests pass", false)]
    [InlineData("Remove the dead code; the tests stay green.", false)]
    [InlineData("Don't modify any test", false)]
    [InlineData("Почини падающий тест, но не меняй тесты", false)]
    [InlineData("Add a test for negative numbers", false)]
    [InlineData("The spec says 4", false)]
    public void What_a_task_asks_of_the_tests(string task, bool asks) => Assert.Equal(asks, PatchGate.AsksForOtherTests(task));

    [Fact]
    public async Task Limits_of_requests_tokens_and_time_end_a_run_at_the_next_question()
    {
        var time = new FakeTime();
        var guards = new Guards(time);
        Assert.Equal(StopReason.LimitRequests, Stop(() => guards.BeforeRequest(new(40, 0, 0, 0, 0, false))));
        Assert.Equal(StopReason.LimitTokens, Stop(() => guards.BeforeRequest(new(1, 400_001, 0, 0, 0, false))));
        Assert.Equal(StopReason.LimitTokens, Stop(() => guards.BeforeRequest(new(1, 0, 60_001, 0, 0, false))));
        // What came from the server's cache cost nothing, and a thought is no answer.
        Assert.Null(Stop(() => guards.BeforeRequest(new(1, 900_000, 400_000, 500_000, 0, false), thought: 340_000)));
        Assert.Equal(StopReason.LimitTokens, Stop(() => guards.BeforeRequest(new(1, 900_001, 0, 500_000, 0, false))));
        Assert.Equal(StopReason.LimitTokens, Stop(() => guards.BeforeRequest(new(1, 0, 400_001, 0, 0, false), thought: 340_000)));
        await guards.WaitForUserAsync(() =>
        {
            time.Advance(TimeSpan.FromHours(3));
            return Task.FromResult(true);
        });
        guards.BeforeRequest(new(1, 0, 0, 0, 0, false));
        time.Advance(TimeSpan.FromMinutes(46));
        Assert.Equal(StopReason.LimitTime, Stop(() => guards.BeforeRequest(new(1, 0, 0, 0, 0, false))));
    }

    private static StopReason? Stop(Action action) => (Record.Exception(action) as RunStop)?.End.Stop;

    private static FakeRule Answer(string last, string text) => Says.Rule(last, text);

    private static string Call(string tool, string path) => $$"""{"tool":"{{tool}}","path":"{{path}}"}""" + "\n";

    private static FakeRule Repair(int number) =>
        Says.Repair("double.js", $"export const double = (n) => {number.ToString(CultureInfo.InvariantCulture)};\n");

    private static IEnumerable<string> Asked(RunBench bench) =>
        bench
            .Server.Chats.Select(chat => chat.LastUserText)
            .Where(text =>
                text.Contains("Carry out the plan", StringComparison.Ordinal) || text.Contains("the tests fail", StringComparison.Ordinal)
            )
            .Select(text => text.Contains("Carry out the plan", StringComparison.Ordinal) ? "patch" : "repair");

    /// <summary>A whole run; afterwards every byte of the workspace is as before.</summary>
    private static async Task<RunBench> EndsAsync(StopReason stop, string? detail, string says, params IReadOnlyList<FakeRule> rules)
    {
        await using var bench = new RunBench([.. rules]);
        var before = bench.Workspace.Fingerprint();
        var outcome = await bench.RunAsync(Patience);
        Assert.True(stop == outcome.Stop, $"{outcome.Stop} {outcome.Detail}: {outcome.Message}");
        Assert.Equal(detail, outcome.Detail);
        Assert.Contains(says, outcome.Message, StringComparison.Ordinal);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Equal(stop, bench.Single<RunFinished>().Stop);
        return bench;
    }
}

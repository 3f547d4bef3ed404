using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>The built program solves a task in a project, as a user would run it.</summary>
public sealed class SolveSpecs
{
    [Fact]
    public async Task Solve_prints_one_event_a_line_and_ends_with_the_one_last_event()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        var ended = await Solve(bench, "--json");
        var events = ended
            .Out.TrimEnd('\n')
            .Split('\n')
            .Select(line => JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!)
            .ToList();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(one => one.Seq));
        Assert.Equal(StopReason.Done, Assert.IsType<RunFinished>(Assert.Single(events, one => one.Event is RunFinished).Event).Stop);
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
    }

    [Fact]
    public async Task What_a_kill_leaves_behind_is_listed_and_undone()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "export const double = (n) => 7;\n"),
            new FakeRule(new FakeReply { Gates = new Dictionary<int, string> { [-1] = "repair" } }) { Last = "the tests fail" },
        ]);
        var before = bench.Workspace.Fingerprint();
        using var process = SidecarProcess.Start(bench.State.Path, bench.Workspace.Path, Arguments(bench));
        await bench.Server.ReachedAsync("repair").WaitAsync(TestContext.Current.CancellationToken);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        // In a shadow nothing has come to the files yet.
        var hasShadow = bench.Workspace.Fingerprint() == before;

        var listed = await SidecarProcess.RunAsync(bench.State.Path, bench.Workspace.Path, "runs", "list", "--json");
        using var run = JsonDocument.Parse(listed.Out);
        Assert.Equal("unfinished", run.RootElement.GetProperty("state").GetString());
        var undone = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "runs",
            "undo",
            run.RootElement.GetProperty("runId").GetString()!
        );
        Assert.Equal(0, undone.ExitCode);
        Assert.Equal(hasShadow, undone.Out.Contains("changed nothing", StringComparison.Ordinal));
        Assert.Equal(before, bench.Workspace.Fingerprint());
    }

    [Fact]
    public async Task Ctrl_C_puts_the_files_back_and_ends_with_130()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "export const double = (n) => 7;\n"),
            new FakeRule(new FakeReply { Gates = new Dictionary<int, string> { [-1] = "repair" } }) { Last = "the tests fail" },
        ]);
        var before = bench.Workspace.Fingerprint();
        using var process = SidecarProcess.Start(bench.State.Path, bench.Workspace.Path, Arguments(bench));
        await bench.Server.ReachedAsync("repair").WaitAsync(TestContext.Current.CancellationToken);
        using var interrupt = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]);
        var ended = await SidecarProcess.EndAsync(process);
        Assert.Equal(130, ended.ExitCode);
        Assert.Equal(before, bench.Workspace.Fingerprint());
    }

    [Fact]
    public async Task A_server_that_refuses_is_named_with_its_address()
    {
        await using var bench = new RunBench();
        await bench.Server.StopListeningAsync();
        var ended = await Solve(bench);
        Assert.Equal(5, ended.ExitCode);
        Assert.Contains(bench.Server.BaseUrl, Assert.Single(ended.Error.TrimEnd('\n').Split('\n')));
    }

    /// <summary>An answer no run can go on with: the limit that stops it, and nothing changed.</summary>
    [Theory]
    [InlineData("", 1, 3)]
    [InlineData("{ \"step\": ", 1, 3)]
    [InlineData("<html>", 1, 3)]
    [InlineData("0123456789 go on and on without an end, line by line, never twice the same ", 700_000, 3)]
    public async Task A_reply_that_cannot_be_used_changes_nothing(string text, int repeat, int exitCode)
    {
        await using var bench = new RunBench(Says.Files("double.js"), new FakeRule(new FakeReply { Text = text, Repeat = repeat }));
        var before = bench.Workspace.Fingerprint();
        var ended = await Solve(bench);
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.NotEqual("", Assert.Single(ended.Error.TrimEnd('\n').Split('\n')));
        Assert.Equal(before, bench.Workspace.Fingerprint());
    }

    [Fact]
    public async Task A_missing_folder_is_a_usage_error()
    {
        await using var bench = new RunBench();
        var ended = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "solve",
            "x",
            "--workspace",
            bench.Workspace["nowhere"]
        );
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal($"The workspace folder does not exist: {bench.Workspace["nowhere"]}\n", ended.Error);
    }

    [Fact]
    public async Task A_cassette_that_cannot_be_read_is_a_usage_error()
    {
        await using var bench = new RunBench();
        bench.State.With("broken.jsonl", "not a cassette\n");
        var ended = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "solve",
            "x",
            "--cassette",
            bench.State["broken.jsonl"]
        );
        Assert.Equal((2, ""), (ended.ExitCode, ended.Out));
        Assert.Contains("broken.jsonl", Assert.Single(ended.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public async Task A_model_that_thinks_for_8_000_tokens_before_each_answer_solves_it_with_all_votes()
    {
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, .. Says.AllVote("approve"), Says.Checklist("Correct it"), Says.Patch("double.js", RunBench.Solved)],
                Think = new(8_000),
                Models = JsonElement.Parse("""{"data":[{"id":"thinker","context_length":32768}]}"""),
            }
        );
        var ended = await SolveWithVotes(bench);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
        Assert.Equal(10, bench.Server.Chats.Count);
    }

    [Fact]
    public async Task A_model_that_never_stops_thinking_is_told_as_that()
    {
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, Says.Rule("", "Well.")],
                Think = new(100_000),
                Models = JsonElement.Parse("""{"data":[{"id":"thinker","context_length":8192}]}"""),
            }
        );
        var ended = await Solve(bench);
        Assert.Equal(3, ended.ExitCode);
        Assert.Contains("the model used all", ended.Out, StringComparison.Ordinal);
        Assert.Contains("CODEX_SIDECAR_THINKING_TOKENS", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_role_voted_nobody_is_told_that_the_run_was_not_allowed_to_go_on()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Rule("Judge the plan", ""),
            Says.Checklist("Correct it"),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        var ended = await SolveWithVotes(bench);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("Nobody can be asked here, so the run goes on", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Not allowed", ended.Error, StringComparison.Ordinal);
        Assert.Contains("No role voted", ended.Out, StringComparison.Ordinal);
        Assert.Contains("the reply was empty", ended.Out, StringComparison.Ordinal);
    }

    private static Task<Ended> Solve(RunBench bench, params IReadOnlyList<string> more) =>
        SidecarProcess.RunAsync(bench.State.Path, bench.Workspace.Path, [.. Arguments(bench), .. more]);

    private static Task<Ended> SolveWithVotes(RunBench bench) =>
        SidecarProcess.RunAsync(bench.State.Path, bench.Workspace.Path, Arguments(bench, "full"));

    private static IReadOnlyList<string> Arguments(RunBench bench, string consilium = "off") =>
        ["solve", "double(2) is 5, it must be 4.", "--base-url", bench.Server.BaseUrl, "--consilium", consilium, "--allow-unsandboxed"];
}

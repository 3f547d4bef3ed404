using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

public sealed class DoctorSpecs
{
    [Fact]
    public async Task What_a_run_has_learnt_of_the_server_is_told_with_what_is_done_about_it()
    {
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, Says.Patch("double.js", RunBench.Solved)],
                Quirk = (request, reply) =>
                    request.Json?.ContainsKey("stream_options") is true
                        ? new() { Status = 422, Text = "body.stream_options: Extra inputs are not permitted" }
                    : request.Messages.Any(message => message.Role == "system") ? new() { Status = 400, Text = "System role not supported" }
                    : reply,
            }
        );
        var before = await DoctorAsync(bench);
        Assert.Contains("A server of no known kind", before, StringComparison.Ordinal);
        Assert.Contains("context window 4,096 tokens", before, StringComparison.Ordinal);
        Assert.DoesNotContain("stream_options", before, StringComparison.Ordinal);
        Assert.Empty(bench.Server.Chats);

        var solved = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "solve",
            "double(2) is 5, it must be 4.",
            "--base-url",
            bench.Server.BaseUrl,
            "--consilium",
            "off",
            "--allow-unsandboxed"
        );
        Assert.True(solved.ExitCode == 0, solved.Out + solved.Error);
        var asked = bench.Server.Chats.Count;
        var after = await DoctorAsync(bench);
        Assert.Contains("Refuses the fields stream_options: they are left out", after, StringComparison.Ordinal);
        Assert.Contains("Has no system role: its text goes into the first question", after, StringComparison.Ordinal);
        Assert.Equal(asked, bench.Server.Chats.Count);
    }

    public static TheoryData<string> States => [.. DoctorState.All.Select(state => state.Name)];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Each_state_of_a_server_is_told_as_it_is_with_what_to_do(string name)
    {
        var state = DoctorState.All.Single(one => one.Name == name);
        await using var bench = new RunBench(state.Server);
        var url = bench.Server.BaseUrl;

        var (ended, findings) = await FindingsAsync(bench, state.Key, ["--base-url", url, .. state.Arguments]);

        string Here(string text) => text.Replace("URL", url, StringComparison.Ordinal);
        var first = findings.First(finding => finding.Area == "model");
        Assert.Equal((state.State, Here(state.Text)), (first.State, first.Text));
        Assert.Equal(state.Fix is { } fix ? Here(fix) : null, first.Fix);
        if (state.Warning is { } warning)
        {
            Assert.Contains(findings, finding => finding is { Area: "model", State: "warning" } && finding.Text == Here(warning));
        }
        if (state.Fact is { } fact)
        {
            Assert.Contains(findings, finding => finding is { Area: "model", State: "ok" } && finding.Text == fact);
        }
        Assert.Equal(state.State == "problem" ? 1 : 0, ended.ExitCode);
        Assert.All(bench.Server.Chats, chat => Assert.Empty(chat.Messages));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_with_where_it_was_looked_for()
    {
        await using var bench = new RunBench(new FakeScript());
        var url = bench.Server.BaseUrl;
        await bench.Server.StopListeningAsync();

        var (ended, findings) = await FindingsAsync(bench, "", ["--base-url", url]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(
            new Finding(
                "model",
                "problem",
                $"No model server answers at {url} (refused), which --base-url names.",
                "Start it, or give another address with --base-url or CODEX_SIDECAR_BASE_URL."
            ),
            findings.First(finding => finding.Area == "model")
        );
    }

    [Fact]
    public async Task What_was_learnt_is_forgotten_when_asked_for_and_said()
    {
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, Says.Patch("double.js", RunBench.Solved)],
                Quirk = (request, reply) =>
                    request.Json?.ContainsKey("stream_options") is true
                        ? new() { Status = 422, Text = "body.stream_options: Extra inputs are not permitted" }
                        : reply,
            }
        );
        var url = bench.Server.BaseUrl;
        Assert.Contains("Nothing was learnt of any server", await ForgottenAsync(), StringComparison.Ordinal);
        var solved = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "solve",
            "double(2) is 5, it must be 4.",
            "--base-url",
            url,
            "--consilium",
            "off",
            "--allow-unsandboxed"
        );
        Assert.True(solved.ExitCode == 0, solved.Out + solved.Error);

        // Of another server: nothing is forgotten.
        var (_, elsewhere) = await FindingsAsync(bench, "", ["--base-url", "http://127.0.0.1:1/v1", "--forget"]);
        Assert.Equal("Nothing was learnt of any server at http://127.0.0.1:1/v1", elsewhere[0].Text);
        var forgotten = await ForgottenAsync();

        Assert.Contains($"fake-model at {url}: Refuses the fields stream_options", forgotten, StringComparison.Ordinal);
        var (_, after) = await FindingsAsync(bench, "", ["--base-url", url]);
        Assert.DoesNotContain(after, finding => finding.Text.Contains("stream_options", StringComparison.Ordinal));
        Assert.Contains("Nothing was learnt of any server", await ForgottenAsync(), StringComparison.Ordinal);

        async Task<string> ForgottenAsync() =>
            (await FindingsAsync(bench, "", ["--base-url", url, "--forget"])).Findings.Single(finding => finding.Area == "forgotten").Text;
    }

    private sealed record Finding(string Area, string State, string Text, string? Fix);

    private static async Task<(Ended Ended, IReadOnlyList<Finding> Findings)> FindingsAsync(
        RunBench bench,
        string key,
        IReadOnlyList<string> arguments
    )
    {
        var ended = await SidecarProcess.RunWithVariableAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "CODEX_SIDECAR_API_KEY",
            key,
            ["doctor", "--json", .. arguments]
        );
        Assert.True(ended.ExitCode is 0 or 1, ended.Out + ended.Error);
        var lines = ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (ended, [.. lines.Select(line => JsonSerializer.Deserialize<Finding>(line, JsonSerializerOptions.Web)!)]);
    }

    /// <summary>Each sentence on one line, however wide the terminal.</summary>
    private static async Task<string> DoctorAsync(RunBench bench)
    {
        var ended = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "doctor",
            "--json",
            "--base-url",
            bench.Server.BaseUrl
        );
        Assert.True(ended.ExitCode == 0, ended.Out + ended.Error);
        return ended.Out;
    }
}

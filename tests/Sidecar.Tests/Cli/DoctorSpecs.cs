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

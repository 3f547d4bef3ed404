using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Cli;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>What a newcomer sees first: each sample is red, its cassette fits the prompts of today, and afterwards it is green.</summary>
public sealed class SampleSpecs
{
    public static TheoryData<string> Names => [.. Sample.All().Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_sample_is_solved_by_its_cassette(string name)
    {
        if (name.StartsWith("net-", StringComparison.Ordinal))
        {
            // Building C# needs sockets of its own machine, which the second backend does not give.
            Needs.Bubblewrap();
        }
        if (name.StartsWith("py-", StringComparison.Ordinal))
        {
            Needs.Python();
        }
        var sample = Sample.Find(name);
        using var folder = new TemporaryFolder();
        using var home = new TemporaryFolder();
        sample.CopyWorkspace(folder.Path, TestContext.Current.CancellationToken);
        var ended = await SidecarProcess.RunAsync(
            home.Path,
            folder.Path,
            "solve",
            sample.Task(),
            "--cassette",
            sample.Cassette,
            "--json",
            "--allow-unsandboxed"
        );
        Assert.True(ended.ExitCode == 0, ended.Out + ended.Error + "\nWhen a prompt has changed: npm run record");
        var events = ended
            .Out.TrimEnd('\n')
            .Split('\n')
            .Select(line => JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!.Event)
            .ToList();
        var report = events.OfType<ReportWritten>().Single().Report;
        Assert.Equal((TestOutcome.Failed, TestOutcome.Passed), (report.TestsBefore!.Outcome, report.TestsAfter!.Outcome));
        Assert.Equal(6, events.OfType<VoteCast>().Count());
        Assert.Equal("cassette, written for this sample", events.OfType<RunStarted>().Single().Model);
    }

    [Fact]
    public async Task Try_says_why_the_model_server_that_is_there_is_not_used()
    {
        await using var server = new FakeModelServer(new FakeScript { Paths = ServerPages.LlamaCpp(2048) });
        using var folder = new TemporaryFolder();
        using var home = new TemporaryFolder();

        var ended = await SidecarProcess.RunAsync(home.Path, folder.Path, "try", "--sample", "js-ranges", "--base-url", server.BaseUrl);

        Assert.True(ended.ExitCode == 0, ended.Out + ended.Error);
        Assert.Contains("has a context window of 2,048 tokens; at least 3,000 are needed.", ended.Out, StringComparison.Ordinal);
        Assert.Contains("The sample's cassette stands in for the model.", ended.Out, StringComparison.Ordinal);
        Assert.Empty(server.Chats);
    }
}

using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Cli;
using CodexSidecar.Testing;
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
}

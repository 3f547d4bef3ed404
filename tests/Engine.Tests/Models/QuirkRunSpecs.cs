using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>A whole run on each kind of server: it succeeds all the same, or ends with the reason that helps the user.</summary>
public sealed class QuirkRunSpecs
{
    private static readonly Dictionary<string, QuirkRow> Rows = new[]
    {
        QuirkRows.Dialects,
        QuirkRows.Replies,
        QuirkRows.Shapes,
        QuirkRows.Ends,
        QuirkRows.Failures,
    }
        .SelectMany(rows => rows)
        .ToDictionary(row => row.Name);

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_run_on_a_server_where(string name)
    {
        var row = Rows[name];
        await using var bench = new RunBench(
            new FakeScript
            {
                // Whatever else is asked is about a reply that was no patch.
                Rules =
                [
                    .. row.First,
                    .. Says.Begin,
                    .. Says.AllVote("approve"),
                    Says.Checklist("Correct the sum"),
                    Says.Patch("double.js", RunBench.Solved),
                    Says.Rule("", Says.Whole("double.js", RunBench.Solved)),
                ],
                Quirk = row.Quirk,
            }
        )
        {
            Time = new FakeTime(skip: TimeSpan.FromSeconds(5)),
        };
        // Not node --test, which starts a process for each file: these runs are about the server, and there are many.
        bench.Settings = bench.Settings with
        {
            Consilium = row.Votes ? ConsiliumSize.Full : ConsiliumSize.Off,
            TestCommand = "node double.test.js",
        };

        var end = await bench.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(
            (row.Stop, row.Detail) == (end.Stop, end.Detail),
            $"{end.Stop} ({end.Detail}): {end.Message}\nThe last question was: {bench.Server.Chats.LastOrDefault()?.LastUserText}"
        );
        Assert.Equal(
            row.Stop is StopReason.Done ? RunBench.Solved : RunBench.Broken,
            await File.ReadAllTextAsync(Path.Join(bench.Workspace.Path, "double.js"), TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            row.Says,
            string.Join(
                '\n',
                [end.Message, .. bench.Events.OfType<NoticeRaised>().Select(notice => $"{notice.Title}: {notice.Description}")]
            ),
            StringComparison.Ordinal
        );
        Assert.All(bench.Events.OfType<VoteCast>(), cast => Assert.Equal(VoteState.Valid, cast.Vote.State));
        Assert.Equal(row is { Votes: true, Stop: StopReason.Done }, bench.Events.OfType<VoteCast>().Any());
        row.Check(bench);
    }
}

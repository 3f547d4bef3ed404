using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Acp;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Acp;

/// <summary>What a client is told of a run. The goldens are the messages of a whole run, one a line; UPDATE_GOLDEN=1 rewrites
/// them.</summary>
public sealed class AcpMappingSpecs
{
    private static readonly AcpClient Ours = new(Extras: true, Forms: false, Notices: true);

    [Theory]
    [InlineData("solved", "ours")]
    [InlineData("solved", "vanilla")]
    [InlineData("solved", "replay")]
    [InlineData("rolled-back", "ours")]
    [InlineData("rolled-back", "vanilla")]
    public void A_run_is_drawn_as_it_always_was(string run, string client)
    {
        var events = run == "solved" ? SampleRun.Solved() : SampleRun.RolledBack();
        var lines = Draw(events, client == "ours" ? Ours : AcpClient.Vanilla, client == "replay")
            .SelectMany(drawn => drawn.Updates)
            .Select(Line);
        Golden.Check($"tests/Sidecar.Tests/Acp/golden/{run}.{client}.jsonl", string.Concat(lines.Select(line => line + "\n")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_event_rides_on_exactly_one_message(bool replay)
    {
        foreach (var (envelope, updates) in Draw(SampleRun.Solved(), Ours, replay))
        {
            var carried = updates.Where(update => update.Meta is not null).ToList();
            // Live, a question goes out as a request, which carries it.
            if (envelope.Event is PermissionAsked && !replay)
            {
                continue;
            }
            Assert.Equal(envelope.Event, Assert.Single(carried).Meta!.CodexSidecar.Event);
        }
    }

    [Fact]
    public void The_sample_holds_every_kind_of_event()
    {
        var kinds = SampleRun.Solved().Concat(SampleRun.RolledBack()).Select(envelope => envelope.Event.GetType()).ToHashSet();
        Assert.Empty(ContractJson.Wire.RunEvent.PolymorphismOptions!.DerivedTypes.Select(derived => derived.DerivedType).Except(kinds));
    }

    [Fact]
    public void A_vanilla_client_never_sees_our_key() =>
        Assert.DoesNotContain(
            "codexSidecar",
            string.Concat(Draw(SampleRun.Solved(), AcpClient.Vanilla, false).SelectMany(drawn => drawn.Updates).Select(Line))
        );

    [Fact]
    public void Calls_left_open_fail_when_the_run_ends()
    {
        var drawn = Draw(
            SampleRun.Number(
                new RunStarted("x", 2, "m"),
                new TestsStarted(1, "dotnet test", "none"),
                new RunFinished(StopReason.Cancelled, null, "Cancelled.")
            ),
            Ours,
            false
        );
        Assert.Contains(drawn[^1].Updates, update => update is ToolCallUpdate { ToolCallId: "r_1/tests-1", Status: "failed" });
    }

    [Theory]
    [InlineData("""{"cmd":"status"}""", "git status")]
    [InlineData("""{"cmd":"log","paths":["src/a.cs"],"most":3}""", "git log src/a.cs")]
    [InlineData("""{"cmd":"show","revision":"HEAD~1"}""", "git show HEAD~1")]
    public void A_git_call_is_titled_by_its_command(string input, string title)
    {
        var run = SampleRun.Number(new RunStarted("x", 2, "m"), new ToolStarted("t1", "git", JsonElement.Parse(input)));
        var drawn = Draw(run, Ours, false);
        Assert.Equal(title, ((ToolCall)drawn[^1].Updates[0]).Title);
    }

    [Fact]
    public void Test_output_is_not_sent_again_with_every_piece_of_it_and_in_the_end_it_is_there()
    {
        var at = DateTimeOffset.UnixEpoch;
        RunEvent[] events =
        [
            new RunStarted("x", 2, "m"),
            new TestsStarted(1, "npm test", "none"),
            .. Enumerable.Range(0, 20_000).Select(line => new TestsOutput(1, $"line {line}\n")),
            new TestsFinished(1, new(TestOutcome.Passed, "npm test", 0, 1, 0, 0, [], 5)),
        ];
        // All of it within one second.
        var run = events.Select((one, seq) => new EventEnvelope(seq + 1, at.AddMilliseconds(seq / 20), "r_1", one)).ToList();
        var drawn = Draw(run, AcpClient.Vanilla, false);

        var sent = drawn.SelectMany(step => step.Updates).Select(Line).ToList();
        Assert.InRange(sent.Sum(line => (long)line.Length), 16_000, 2_000_000);
        Assert.Contains("line 19999", sent[^1], StringComparison.Ordinal);
        Assert.Contains("line 0\\n", sent[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_to_show_is_named()
    {
        var large = new string('x', 2 << 20);
        var (_, updates) = Draw(
            SampleRun.Number(new RunStarted("x", 2, "m"), SampleRun.Patch()),
            Ours,
            false,
            [new("src/Range.cs", large, large)]
        )[^1];
        Assert.Equal(
            "src/Range.cs: too large to show, 2 hunks",
            ((TextBlock)((BlockContent)((ToolCall)updates[0]).Content![0]).Content).Text
        );
    }

    [Theory]
    [InlineData(StopReason.Done, "end_turn")]
    [InlineData(StopReason.LimitTokens, "max_tokens")]
    [InlineData(StopReason.LimitRequests, "max_turn_requests")]
    [InlineData(StopReason.LimitTime, "max_turn_requests")]
    [InlineData(StopReason.Cancelled, "cancelled")]
    [InlineData(StopReason.RejectedByConsilium, "end_turn")]
    [InlineData(StopReason.ModelUnavailable, "end_turn")]
    public void A_stop_reason_has_its_ACP_name(StopReason stop, string expected) =>
        Assert.Equal(expected, AcpStop.Of(new("r_1", stop, null, "", "")));

    internal static string Line(SessionUpdate update) => JsonSerializer.Serialize(update, AcpJson.Wire.SessionUpdate);

    internal static IReadOnlyList<(EventEnvelope Envelope, IReadOnlyList<SessionUpdate> Updates)> Draw(
        IEnumerable<EventEnvelope> events,
        AcpClient client,
        bool replay,
        IReadOnlyList<PatchText>? texts = null
    )
    {
        var drawing = new AcpDrawing(client, "/home/ann/calc", (_, _) => texts ?? SampleRun.Texts, replay);
        var view = AcpView.Empty;
        var drawn = new List<(EventEnvelope, IReadOnlyList<SessionUpdate>)>();
        foreach (var envelope in events)
        {
            (view, var updates) = AcpMapping.Map(view, envelope, drawing);
            drawn.Add((envelope, updates));
        }
        return drawn;
    }
}

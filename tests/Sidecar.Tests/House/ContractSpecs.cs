using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>
/// events.jsonl beside this file is what events look like in logs and on the wire, one line of every kind with every field. It changes only
/// when the protocol changes: old logs must stay readable.
/// </summary>
public sealed class ContractSpecs
{
    private static readonly string[] Lines = Repository
        .Read("tests/Sidecar.Tests/House/events.jsonl")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The kinds of docs/protocol.md, in the order of a run's life.</summary>
    private static readonly string[] Kinds =
    [
        .. WordList.Of(
            """
            run_started stage_started stage_finished message_added thought_added tool_started tool_finished model_progressed
            plan_proposed consilium_opened vote_cast votes_tallied overruled patch_proposed permission_asked permission_answered
            hunks_decided snapshot_taken patch_applied patch_failed tests_started tests_output tests_finished rolled_back
            committed usage_counted notice_raised track_record_updated report_written run_finished
            """
        ),
    ];

    public static TheoryData<string> Events => [.. Lines];

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_reads_and_writes_the_same_line(string line)
    {
        var envelope = JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!;
        Assert.Equal(line, JsonSerializer.Serialize(envelope, ContractJson.Wire.EventEnvelope));
    }

    [Fact]
    public void The_kinds_are_the_agreed_ones()
    {
        Assert.Equal(
            Kinds,
            typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(derived => (string)derived.TypeDiscriminator!)
        );
        Assert.Equal(Kinds, Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetProperty("kind").GetString()));
    }

    [Fact]
    public void Every_record_of_the_union_is_listed() =>
        Offenders.None(
            typeof(RunEvent)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(RunEvent)))
                .Except(typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(derived => derived.DerivedType))
        );

    /// <summary>Else a field could be renamed without this file noticing.</summary>
    [Fact]
    public void The_lines_show_every_field()
    {
        foreach (var derived in typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>())
        {
            var shown = JsonElement
                .Parse(Lines.Single(line => line.Contains($"\"kind\":\"{derived.TypeDiscriminator}\"", StringComparison.Ordinal)))
                .GetProperty("event")
                .EnumerateObject()
                .Select(field => field.Name)
                .Where(name => name != "kind");
            var fields = derived.DerivedType.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            Assert.Equal(fields, shown);
        }
    }

    [Fact]
    public void A_log_of_a_newer_version_is_read_as_far_as_it_is_known()
    {
        var line =
            """{"seq":1,"at":"2026-01-02T03:04:05+00:00","runId":"r_1","later":true,"event":{"stop":"done","message":"Solved.","kind":"run_finished","later":{"a":1}}}""";
        Assert.Equal(
            new RunFinished(StopReason.Done, null, "Solved."),
            JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!.Event
        );
    }

    [Fact]
    public void Numbers_are_no_enum_values() =>
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize("""{"kind":"run_finished","stop":0,"message":""}""", ContractJson.Wire.RunEvent)
        );
}

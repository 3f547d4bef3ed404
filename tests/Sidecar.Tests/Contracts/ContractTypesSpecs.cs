using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Acp;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Contracts;

/// <summary>The extension's types come from the C# records and are committed; this proves them current.</summary>
public sealed class ContractTypesSpecs
{
    private const string Head = """
        // Generated from the C# contracts by tests/Sidecar.Tests/Contracts; do not edit.
        // After a change there: UPDATE_GOLDEN=1 dotnet test --project tests/Sidecar.Tests

        """;

    private static readonly Type[] OwnMessages =
    [
        typeof(ClientExtras),
        typeof(AgentExtras),
        typeof(NewSessionExtras),
        typeof(ListedExtras),
        typeof(PromptExtras),
        typeof(PromptResultExtras),
        typeof(OutcomeExtras),
        typeof(EventExtras),
        typeof(ReplayParams),
        typeof(ReplayResult),
        typeof(RunListParams),
        typeof(RunListResult),
        typeof(ErrorData),
        typeof(DecideParams),
        typeof(DecideResult),
        typeof(SnapshotListParams),
        typeof(SnapshotListResult),
        typeof(SnapshotDiffParams),
        typeof(SnapshotDiffResult),
        typeof(SnapshotRestoreParams),
        typeof(SnapshotRestoreResult),
        typeof(BuffersReadParams),
        typeof(BuffersReadResult),
    ];

    [Fact]
    public void Generated_types_are_current() => Golden.Check("extension/src/generated/contracts.ts", Generate());

    [Fact]
    public void The_event_on_the_wire_is_the_event_in_the_log()
    {
        var envelope = new EventEnvelope(
            7,
            DateTimeOffset.UnixEpoch,
            "r_1",
            new VoteCast(1, new Vote(Role.Qa, Verdict.Revise, "Сначала тест", ["risk"], ["dotnet test"], 8))
        );
        var log = JsonSerializer.SerializeToElement(envelope, ContractJson.Wire.EventEnvelope);
        var wire = JsonSerializer.SerializeToElement(AcpMapping.MetaOf(envelope), AcpJson.Wire.EventMeta).GetProperty("codexSidecar");
        Assert.Equal(log.GetProperty("event").GetRawText(), wire.GetProperty("event").GetRawText());
        Assert.Equal(log.GetProperty("at").GetRawText(), wire.GetProperty("at").GetRawText());
    }

    private static string Generate()
    {
        var types = new TypeScriptTypes(new SourceComments(Golden.Path("server/Contracts"), Golden.Path("server/Sidecar/Faces/Acp")));
        foreach (var type in new[] { typeof(EventEnvelope), typeof(Patch), typeof(PatchText) })
        {
            types.Add(ContractJson.Wire, type);
        }
        foreach (var type in OwnMessages)
        {
            types.Add(AcpJson.Wire, type);
        }
        var kinds = TypeScriptTypes.Cases(ContractJson.Wire, typeof(RunEvent)).Select(kind => $"  \"{kind}\",\n");
        return types.Text(
            Head,
            $"\n/** Every kind of event, in the order of a run's life. */\nexport const eventKinds: readonly RunEvent[\"kind\"][] = "
                + $"[\n{string.Concat(kinds)}];\n"
        );
    }
}

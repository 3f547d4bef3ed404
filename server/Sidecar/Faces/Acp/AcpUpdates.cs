using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

internal sealed record UpdateParams(string SessionId, SessionUpdate Update);

/// <summary>One standard message about a session. <see cref="Meta"/> carries the event it stands for, to clients that asked for
/// it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "sessionUpdate")]
[JsonDerivedType(typeof(UserMessageChunk), "user_message_chunk")]
[JsonDerivedType(typeof(AgentMessageChunk), "agent_message_chunk")]
[JsonDerivedType(typeof(AgentThoughtChunk), "agent_thought_chunk")]
[JsonDerivedType(typeof(ToolCall), "tool_call")]
[JsonDerivedType(typeof(ToolCallUpdate), "tool_call_update")]
[JsonDerivedType(typeof(PlanUpdate), "plan")]
[JsonDerivedType(typeof(CommandsUpdate), "available_commands_update")]
[JsonDerivedType(typeof(ModeUpdate), "current_mode_update")]
[JsonDerivedType(typeof(OptionsUpdate), "config_option_update")]
[JsonDerivedType(typeof(InfoUpdate), "session_info_update")]
[JsonDerivedType(typeof(UsageUpdate), "usage_update")]
[JsonDerivedType(typeof(Notice), "notice")]
internal abstract record SessionUpdate
{
    [JsonPropertyName("_meta"), JsonPropertyOrder(1)]
    public EventMeta? Meta { get; init; }
}

internal sealed record UserMessageChunk(string MessageId, ContentBlock Content) : SessionUpdate;

internal sealed record AgentMessageChunk(string MessageId, ContentBlock Content) : SessionUpdate;

internal sealed record AgentThoughtChunk(string MessageId, ContentBlock Content) : SessionUpdate;

internal sealed record ToolCall(
    string ToolCallId,
    string Title,
    string Kind,
    string Status,
    IReadOnlyList<ToolLocation>? Locations = null,
    IReadOnlyList<ToolContent>? Content = null,
    JsonElement? RawInput = null
) : SessionUpdate;

internal sealed record ToolCallUpdate(
    string ToolCallId,
    string? Status = null,
    IReadOnlyList<ToolContent>? Content = null,
    AcpTestCounts? RawOutput = null
) : SessionUpdate;

internal sealed record PlanUpdate(IReadOnlyList<PlanEntry> Entries) : SessionUpdate;

internal sealed record CommandsUpdate(IReadOnlyList<Command> AvailableCommands) : SessionUpdate;

internal sealed record ModeUpdate(string CurrentModeId) : SessionUpdate;

internal sealed record OptionsUpdate(IReadOnlyList<ConfigOption> ConfigOptions) : SessionUpdate;

internal sealed record InfoUpdate(string? Title = null, DateTimeOffset? UpdatedAt = null) : SessionUpdate;

internal sealed record UsageUpdate(long Used, long Size) : SessionUpdate;

internal sealed record Notice(Severity Severity, string Title, string? Description) : SessionUpdate;

internal sealed record ToolLocation(string Path, int? Line = null);

internal sealed record PlanEntry(string Content, string Priority, string Status);

internal sealed record Command(string Name, string Description);

internal sealed record AcpTestCounts(int? Passed, int? Failed, int? Skipped, int? ExitCode);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(BlockContent), "content")]
[JsonDerivedType(typeof(DiffContent), "diff")]
internal abstract record ToolContent;

internal sealed record BlockContent(ContentBlock Content) : ToolContent;

internal sealed record DiffContent(string Path, string? OldText, string NewText) : ToolContent;

/// <summary>Our only addition to ACP: the event itself, under one key.</summary>
internal sealed record EventMeta(EventExtras CodexSidecar);

/// <param name="V">The version of this envelope.</param>
internal sealed record EventExtras(int V, long Seq, DateTimeOffset At, string RunId, RunEvent Event);

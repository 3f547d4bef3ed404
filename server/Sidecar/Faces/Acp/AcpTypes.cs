using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;
using StreamJsonRpc;

namespace CodexSidecar.Faces.Acp;

// The Agent Client Protocol's own shapes, as far as we read or write them. Names are ACP's; unknown members are ignored.
// What we read has a default unless ACP requires it, what we write leaves nulls out.

internal sealed record InitializeParams(
    int ProtocolVersion,
    Implementation? ClientInfo = null,
    ClientCapabilities? ClientCapabilities = null
);

internal sealed record Implementation(string Name, string Version, string? Title = null);

internal sealed record ClientCapabilities(
    Elicitation? Elicitation = null,
    ClientSession? Session = null,
    ClientAuth? Auth = null,
    [property: JsonPropertyName("_meta")] ClientMeta? Meta = null
);

internal sealed record Elicitation(JsonElement? Form = null);

internal sealed record ClientSession(JsonElement? Notices = null);

internal sealed record ClientAuth(bool Terminal = false);

internal sealed record ClientMeta(ClientExtras? CodexSidecar = null);

internal sealed record ClientExtras(int V = 0, bool Buffers = false);

internal sealed record InitializeResult(
    int ProtocolVersion,
    Implementation AgentInfo,
    AgentCapabilities AgentCapabilities,
    IReadOnlyList<AuthMethod> AuthMethods
);

internal sealed record AgentCapabilities(
    bool LoadSession,
    PromptCapabilities PromptCapabilities,
    SessionCapabilities SessionCapabilities,
    [property: JsonPropertyName("_meta")] AgentMeta? Meta
);

internal sealed record PromptCapabilities(bool EmbeddedContext);

internal sealed record SessionCapabilities(Empty List, Empty Resume, Empty Close, Empty Delete);

internal sealed record AgentMeta(AgentExtras CodexSidecar);

internal sealed record AgentExtras(int V, IReadOnlyList<string> Methods);

internal sealed record AuthMethod(string Id, string Name, string? Type = null, IReadOnlyList<string>? Args = null);

/// <summary>ACP wants an object where there is nothing to say; null is not one.</summary>
internal sealed record Empty
{
    public static readonly Empty Object = new();
}

internal sealed record AuthenticateParams(string MethodId);

internal sealed record NewSessionParams(
    string Cwd,
    IReadOnlyList<JsonElement>? McpServers = null,
    [property: JsonPropertyName("_meta")] NewSessionMeta? Meta = null
);

internal sealed record LoadSessionParams(
    string SessionId,
    string Cwd,
    IReadOnlyList<JsonElement>? McpServers = null,
    [property: JsonPropertyName("_meta")] NewSessionMeta? Meta = null
);

internal sealed record NewSessionMeta(NewSessionExtras? CodexSidecar = null);

internal sealed record NewSessionExtras(bool? Trusted = null);

/// <summary>The answer to session/new, load and resume; what the client may only hear after it waits in <see cref="AfterSent"/>.</summary>
internal sealed record SessionResult(string? SessionId, SessionModes Modes, IReadOnlyList<ConfigOption> ConfigOptions) : IFollowed
{
    [JsonIgnore]
    public Func<Task>? AfterSent { get; init; }
}

/// <summary>A result with something to be sent right behind it.</summary>
internal interface IFollowed
{
    Func<Task>? AfterSent { get; }
}

internal sealed record SessionModes(string CurrentModeId, IReadOnlyList<SessionMode> AvailableModes);

internal sealed record SessionMode(string Id, string Name);

internal sealed record ConfigOption(
    string Id,
    string Name,
    string Category,
    string Type,
    string CurrentValue,
    IReadOnlyList<ConfigValue> Options
);

internal sealed record ConfigValue(string Value, string Name);

internal sealed record ListParams(string? Cwd = null, string? Cursor = null);

internal sealed record ListResult(IReadOnlyList<ListedSession> Sessions, string? NextCursor);

internal sealed record ListedSession(
    string SessionId,
    string Cwd,
    string? Title,
    DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("_meta")] ListedMeta? Meta
);

internal sealed record ListedMeta(ListedExtras CodexSidecar);

internal sealed record ListedExtras(bool Busy, StopReason? LastStop);

internal sealed record SessionParams(string SessionId);

internal sealed record SetModeParams(string SessionId, string ModeId);

internal sealed record SetOptionParams(string SessionId, string ConfigId, string Value);

internal sealed record SetOptionResult(IReadOnlyList<ConfigOption> ConfigOptions);

internal sealed record PromptParams(
    string SessionId,
    IReadOnlyList<ContentBlock> Prompt,
    [property: JsonPropertyName("_meta")] PromptMeta? Meta = null
);

internal sealed record PromptMeta(PromptExtras? CodexSidecar = null);

internal sealed record PromptExtras(IReadOnlyList<UnsavedText>? Unsaved = null);

internal sealed record UnsavedText(string Path, string Text);

internal sealed record PromptResult(string StopReason, [property: JsonPropertyName("_meta")] PromptResultMeta? Meta);

internal sealed record PromptResultMeta(PromptResultExtras CodexSidecar);

internal sealed record PromptResultExtras(string? RunId, StopReason? Stop, long LastSeq);

internal sealed record CancelRequestParams(RequestId RequestId);

/// <summary>What a message holds. Of the kinds ACP knows we read three; the others are of the base type and are passed over.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(TextBlock), "text")]
[JsonDerivedType(typeof(LinkBlock), "resource_link")]
[JsonDerivedType(typeof(ResourceBlock), "resource")]
internal record ContentBlock;

internal sealed record TextBlock(string Text) : ContentBlock;

internal sealed record LinkBlock(string Uri, string Name, string? MimeType = null) : ContentBlock;

internal sealed record ResourceBlock(ResourceContents Resource) : ContentBlock;

internal sealed record ResourceContents(string Uri, string? Text = null);

// Questions to the client.

internal sealed record PermissionParams(
    string SessionId,
    ToolCallRef ToolCall,
    IReadOnlyList<PermissionOption> Options,
    [property: JsonPropertyName("_meta")] EventMeta? Meta
);

internal sealed record ToolCallRef(string ToolCallId, string Title, string Kind, CommandInput? RawInput = null);

internal sealed record CommandInput(string Command, string? Cwd = null);

internal sealed record PermissionOption(string OptionId, string Name, string Kind);

internal sealed record PermissionResult(PermissionOutcome Outcome);

internal sealed record PermissionOutcome(
    string Outcome,
    string? OptionId = null,
    [property: JsonPropertyName("_meta")] OutcomeMeta? Meta = null
);

internal sealed record OutcomeMeta(OutcomeExtras? CodexSidecar = null);

internal sealed record OutcomeExtras(IReadOnlyList<HunkDecision>? Decisions = null);

internal sealed record ElicitationParams(string SessionId, string ToolCallId, string Mode, string Message, FormSchema RequestedSchema);

internal sealed record FormSchema(string Type, IReadOnlyList<string> Required, FormFields Properties);

internal sealed record FormFields(MultiSelect Keep);

internal sealed record MultiSelect(string Type, string Title, MultiSelectItems Items);

internal sealed record MultiSelectItems(IReadOnlyList<FormChoice> AnyOf);

internal sealed record FormChoice(string Const, string Title);

internal sealed record ElicitationResult(string Action, FormContent? Content = null);

internal sealed record FormContent(IReadOnlyList<string>? Keep = null);

internal sealed record ErrorData(string? Kind = null, string? Path = null, string? ErrorId = null);

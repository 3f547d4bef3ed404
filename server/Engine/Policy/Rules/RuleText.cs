using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy.Rules;

/// <summary>A configuration file as it is written (docs/security.md, "Rules").</summary>
internal sealed record ConfigText
{
    public int? MaxLevel { get; init; }
    public IReadOnlyList<RuleText>? Rules { get; init; }
    public CommitText? Commit { get; init; }
    public IReadOnlyDictionary<string, RoleModel>? Roles { get; init; }
    public IReadOnlyDictionary<string, ServerText>? McpServers { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed record ServerText
{
    public string? Command { get; init; }
    public IReadOnlyList<string>? Args { get; init; }
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed record CommitText
{
    public bool? CoAuthor { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed record RuleText
{
    public IReadOnlyList<string>? Argv { get; init; }
    public string? Decision { get; init; }
    public bool? Network { get; init; }
    public string? Why { get; init; }

    /// <summary>Command lines the rule is about.</summary>
    public IReadOnlyList<string>? Examples { get; init; }

    /// <summary>Command lines it is not about.</summary>
    public IReadOnlyList<string>? Not { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false,
    MaxDepth = 8
)]
[JsonSerializable(typeof(ConfigText))]
internal sealed partial class RuleJson : JsonSerializerContext;

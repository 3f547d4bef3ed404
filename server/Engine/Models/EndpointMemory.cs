using System.Text.Json.Serialization;

namespace CodexSidecar.Engine.Models;

/// <summary>What was learnt about one model at one address, kept between runs.</summary>
/// <param name="RejectedFields">Fields of the request the server refused.</param>
/// <param name="MergeSystem">The chat template has no system role.</param>
/// <param name="MergeNeighbours">User and assistant must take turns.</param>
/// <param name="AnswersWhole">Answers one JSON message although a stream is asked for.</param>
/// <param name="ThoughtFirst">Reasoning begins without an opening tag.</param>
/// <param name="TokenFactor">Reported tokens by estimated ones.</param>
/// <param name="PrefillSpeed">Prompt tokens a second; 0: not measured.</param>
/// <param name="DecodeSpeed">Output tokens a second; 0: not measured.</param>
/// <param name="Window">Seen in an overflow error, in tokens.</param>
/// <param name="ToldWindow">What the server told of its window then. When it tells something else the seen one is no longer true.</param>
internal sealed record EndpointMemory(
    IReadOnlyList<string> RejectedFields,
    bool MergeSystem = false,
    bool MergeNeighbours = false,
    bool AnswersWhole = false,
    bool ThoughtFirst = false,
    double TokenFactor = 1,
    double PrefillSpeed = 0,
    double DecodeSpeed = 0,
    int? Window = null,
    int? ToldWindow = null
)
{
    public static readonly EndpointMemory Empty = new([]);

    /// <summary>Something in it comes from what the server refused.</summary>
    [JsonIgnore]
    public bool HasRefusals => RejectedFields.Count > 0 || SlimSchema || Window is not null;

    /// <summary>Without what it refused: a server may have been updated, or been in a bad state.</summary>
    public EndpointMemory Forgiving() => this with { RejectedFields = [], SlimSchema = false, Window = null, ToldWindow = null };

    /// <summary>The model thinks before it answers; null: not seen yet.</summary>
    public bool? Thinks { get; init; }

    /// <summary>The name of the <see cref="ThinkingSwitch"/> that made it answer when it had thought without end; null: none was
    /// needed.</summary>
    public string? ThinkingSwitch { get; init; }

    /// <summary>The server's grammar does not take the bounds of a schema.</summary>
    public bool SlimSchema { get; init; }

    public EndpointMemory Reject(string field) =>
        RejectedFields.Contains(field) ? this : this with { RejectedFields = [.. RejectedFields, field] };
}

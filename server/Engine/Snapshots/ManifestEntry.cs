using System.Text.Json.Serialization;

namespace CodexSidecar.Engine.Snapshots;

[JsonConverter(typeof(JsonStringEnumConverter<EntryState>))]
internal enum EntryState
{
    File,
    Link,
    Folder,

    /// <summary>Kept before it was written: nothing was there.</summary>
    Nothing,

    /// <summary>Not kept, but known to have been there: no right to read it, too large, no regular file, a name that is no text.</summary>
    Skipped,

    /// <summary>Left out by an ignore file, with all that is below it.</summary>
    LeftOut,

    /// <summary>Another content that a known file had later, before it was overwritten; only so that it is not cleaned away.</summary>
    Version,
}

/// <summary>One line of a manifest.</summary>
/// <param name="State">As in <see cref="ChangedPath"/>.</param>
/// <param name="Stamp">The file's identity when it was read. As long as it is the same the content is, too; null: read again, it was
/// written too shortly before.</param>
internal sealed record ManifestEntry(
    string Path,
    EntryState Held,
    int Mode = 0,
    string? State = null,
    string? Target = null,
    string? Stamp = null
);

/// <summary>The first line of a manifest.</summary>
internal sealed record ManifestHead(string Id, string Workspace, DateTimeOffset TakenAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(ManifestHead))]
[JsonSerializable(typeof(ManifestEntry))]
internal sealed partial class SnapshotJson : JsonSerializerContext;

using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

/// <param name="Description">Empty: it has none.</param>
/// <param name="InputSchema">Whatever the server gave; undefined: nothing.</param>
public sealed record ExtraToolDescription(string Name, string Description, JsonElement InputSchema);

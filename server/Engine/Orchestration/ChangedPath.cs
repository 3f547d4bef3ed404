namespace CodexSidecar.Engine.Orchestration;

/// <summary>A path this run changed. Hashes are SHA-256 in hex, null where the path did not exist.</summary>
internal sealed record ChangedPath(string Path, string? Before, string? After);

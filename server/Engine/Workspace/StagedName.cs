namespace CodexSidecar.Engine.Workspace;

/// <summary>Names of the files that wait beside their targets while a batch is written. A walk leaves them out; a kill leaves them behind,
/// and restoring a snapshot removes them.</summary>
internal static class StagedName
{
    public const string Ending = ".staged";
    private const string Beginning = ".codex-sidecar-";

    public static string New() => $"{Beginning}{Guid.NewGuid():n}{Ending}";

    public static bool Is(string name) =>
        name.StartsWith(Beginning, StringComparison.Ordinal)
        && name.EndsWith(Ending, StringComparison.Ordinal)
        && Guid.TryParseExact(name.AsSpan(Beginning.Length).Slice(0, Math.Min(32, name.Length - Beginning.Length)), "n", out _);
}

namespace CodexSidecar.Engine.Snapshots;

/// <param name="Restored">Paths put back.</param>
/// <param name="Conflicts">Paths that are not what the run left there: somebody else changed them since. While there are any, nothing is
/// restored.</param>
internal sealed record RestoreResult(IReadOnlyList<string> Restored, IReadOnlyList<string> Conflicts)
{
    /// <summary>Paths whose mode somebody has changed since: it stays.</summary>
    public IReadOnlyList<string> KeptModes { get; init; } = [];

    /// <summary>Files that the run had made, and that go although somebody has changed their mode since.</summary>
    public IReadOnlyList<string> LostModes { get; init; } = [];
}

namespace CodexSidecar.Engine.Processes;

/// <summary>One command to run: a program with its arguments, no shell in between.</summary>
/// <param name="Folder">Absolute; the command starts in it.</param>
/// <param name="Timeout">After it the whole tree is killed. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: never.</param>
/// <param name="OutputCap">Characters of output kept: half from the beginning, half from the end.</param>
/// <param name="Hidden">Absolute paths in the workspace that the command must not be able to read, where the backend can do that.</param>
/// <param name="Limits">Null: the usual ones.</param>
internal sealed record CommandSpec(
    IReadOnlyList<string> Argv,
    string Folder,
    TimeSpan Timeout,
    int OutputCap = 1 << 20,
    IReadOnlyList<string>? Hidden = null,
    MachineLimits? Limits = null
)
{
    /// <summary>On top of what every command gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

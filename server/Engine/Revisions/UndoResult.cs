using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>One place of a file where the user's changes and an undo meet. Texts are whole lines with LF, empty where there are
/// none.</summary>
/// <param name="Line">Of the file as it is now, 1-based.</param>
/// <param name="Left">What the run left there.</param>
/// <param name="Yours">What is there now.</param>
/// <param name="Back">What an undo would put there.</param>
public sealed record UndoPlace(int Line, string Left, string Yours, string Back);

/// <summary>A file that is not as the run left it: what an undo does there.</summary>
/// <param name="Why">A sentence for the user.</param>
/// <param name="Places">Empty where the user's changes stay, and where there is no text to show.</param>
/// <param name="Diff">A unified diff, without headers, from the file as it is now to what an undo makes of it; empty where there is no text
/// to show.</param>
public sealed record UndoPreview(string Path, string Why, IReadOnlyList<UndoPlace> Places, string Diff);

/// <param name="Restored">Paths put back.</param>
/// <param name="Conflicts">Paths where the user's later changes would be lost; while there are any, nothing is restored.</param>
/// <param name="Merged">Of the restored paths, those where the user's later changes were kept.</param>
/// <param name="Previews">Of every conflict, and of every merged path.</param>
/// <param name="DryRun">Nothing was done: this is what would be.</param>
public sealed record UndoResult(
    IReadOnlyList<string> Restored,
    IReadOnlyList<string> Conflicts,
    string Message,
    IReadOnlyList<string> Merged,
    IReadOnlyList<UndoPreview> Previews,
    bool DryRun
)
{
    /// <summary>Paths whose mode the user has changed since: it stays.</summary>
    public IReadOnlyList<string> KeptModes { get; init; } = [];

    /// <summary>The disk did not let anything be put back; the message says what stands in the way.</summary>
    public bool IsRefused { get; init; }

    internal static UndoResult Refused(WorkspaceException refused, bool dryRun) =>
        new([], [], refused.LeftSomething ? refused.Message : $"Nothing was put back. {refused.Message}", [], [], dryRun)
        {
            IsRefused = true,
        };

    internal static UndoResult Nothing(string message, bool dryRun) => new([], [], message, [], [], dryRun);
}

namespace CodexSidecar.Engine.Policy;

/// <summary>What kinds of action the level matrix knows; one row each.</summary>
internal enum ActionKind
{
    Read,
    CreateFile,
    ChangeFile,
    OverwriteFile,
    DeleteFile,
    ChangeProtectedFile,
    ReadSecret,
    RunTests,
    ReadOnlyCommand,
    GitRead,
    GitCommit,
    GitDestructive,
    GitRemote,
    AnyCommand,
    DestructiveCommand,
    Network,
}

/// <param name="Subject">The exact path or command line, as it is shown to the user.</param>
/// <param name="Why">What made it this kind, when that is not plain to see; half a sentence.</param>
internal sealed record PolicyAction(ActionKind Kind, string Subject, string? Why = null);

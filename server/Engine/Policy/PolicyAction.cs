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
}

/// <param name="Subject">The exact path or command line, as it is shown to the user.</param>
internal sealed record PolicyAction(ActionKind Kind, string Subject);

using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>What kinds of action the level matrix of docs/security.md knows; one row each.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ActionKind>))]
public enum ActionKind
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
    GitSwitch,
    GitDestructive,
    GitRemote,
    AnyCommand,
    DestructiveCommand,
    Network,
    ExtraTool,
}

/// <summary>One thing that a question asks about. A standing answer compares the kind and never the words.</summary>
/// <param name="Subject">The exact path or command line, without what looks like a secret.</param>
public sealed record AskedAction(ActionKind Kind, string Subject);

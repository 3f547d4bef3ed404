using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Sessions;

/// <summary>Everything a face may say about one run. Unset means the default of the user's configuration.</summary>
public sealed record RunSettings
{
    /// <summary>Absolute path of the workspace's root.</summary>
    public required string Workspace { get; init; }
    public Level Level { get; init; } = Level.RunTests;
    public string? BaseUrl { get; init; }
    public string? Model { get; init; }
    /// <summary>Name of the environment variable that holds the key; the key itself is never an option.</summary>
    public string? ApiKeyEnv { get; init; }
    public ConsiliumSize Consilium { get; init; } = ConsiliumSize.Full;
    public DiffBallot DiffBallot { get; init; } = DiffBallot.Risk;
    /// <summary>Ask the user before an approved plan is carried out.</summary>
    public bool ConfirmPlan { get; init; }
    /// <summary>At level read_only the patch is made and shown all the same, for a client that can apply it by itself; it is never written.</summary>
    public bool ShowPatch { get; init; }
    /// <summary>Models of their own for some roles; from the user's configuration, never from the workspace.</summary>
    public IReadOnlyDictionary<Role, RoleModel> Roles { get; init; } = new Dictionary<Role, RoleModel>();
    public ReviewMode Review { get; init; } = ReviewMode.Auto;
    public CommitMode Commit { get; init; } = CommitMode.Never;
    /// <summary>One command line of plain words and quotes; null: detected from the project.</summary>
    public string? TestCommand { get; init; }
    /// <summary>Replay this cassette; no server is asked.</summary>
    public string? Cassette { get; init; }
    /// <summary>Record the model exchanges to this file (always also kept with the run).</summary>
    public string? Record { get; init; }
    /// <summary>The label of the recorded cassette; null: "recorded from MODEL".</summary>
    public string? RecordLabel { get; init; }
    /// <summary>The user's explicit consent to run commands although no sandbox works here.</summary>
    public bool AllowUnsandboxed { get; init; }
}

/// <param name="Name">What the user attached: a path, or "selection in PATH".</param>
/// <param name="Text">The attached text; null when the file is to be read from the workspace.</param>
public sealed record Attachment(string Name, string? Text);

/// <summary>A file with changes the user has not saved: a patch to it is refused until it is saved.</summary>
public sealed record UnsavedFile(string Path, string Text);

/// <param name="Task">What the user wants, in their own words.</param>
public sealed record RunRequest(string Task, RunSettings Settings)
{
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public IReadOnlyList<UnsavedFile> Unsaved { get; init; } = [];
    /// <summary>Asks the editor, right before a patch is written, which of these files (relative paths) have unsaved changes now. Null: <see cref="Unsaved"/> is all that is known.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<UnsavedFile>>>? ReadUnsaved { get; init; }
    /// <summary>Only run the tests once more: no model, no change.</summary>
    public bool TestsOnly { get; init; }
    /// <summary>Who asks, for the audit: the client's name and version.</summary>
    public string Client { get; init; } = Own;
    /// <summary>By which way in, for the audit: <c>cli</c>, <c>acp</c>.</summary>
    public string Face { get; init; } = "cli";

    internal static string Own { get; } = $"codex-sidecar {typeof(RunRequest).Assembly.GetName().Version?.ToString(3)}";
}

/// <param name="Folder">Where events, cassette, report and snapshot of the run are kept.</param>
public sealed record RunOutcome(string RunId, StopReason Stop, string? Detail, string Message, string Folder);

/// <summary>The request cannot be started as it stands (missing folder, unreadable cassette): nothing ran, exit code 2.</summary>
public class UsageException(string message) : Exception(message);

/// <param name="kind"><c>session_busy</c>, <c>workspace_busy</c> or <c>run_in_progress</c>.</param>
public sealed class BusyException(string kind, string message) : UsageException(message)
{
    public string Kind => kind;
}

/// <summary>What is asked for is not there.</summary>
/// <param name="kind"><c>patch</c>, <c>hunk</c>, <c>snapshot</c> or <c>path</c>.</param>
public sealed class UnknownItemException(string kind, string message) : UsageException(message)
{
    public string Kind => kind;
}

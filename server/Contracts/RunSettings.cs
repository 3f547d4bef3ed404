namespace CodexSidecar.Contracts;

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

    /// <summary>At level read_only the patch is made and shown all the same, for a client that can apply it by itself; it is never
    /// written.</summary>
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

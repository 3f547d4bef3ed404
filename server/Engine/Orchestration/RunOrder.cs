using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What one run is asked to do, and how.</summary>
internal sealed record RunOrder(string Task, ConsiliumSize Consilium, ReviewMode Review, CommitMode Commit)
{
    public DiffBallot DiffBallot { get; init; } = DiffBallot.Risk;

    /// <summary>The user is asked before an approved plan is carried out.</summary>
    public bool ConfirmPlan { get; init; }

    /// <summary>At level read_only the patch is made and proposed all the same.</summary>
    public bool ShowPatch { get; init; }

    /// <summary>Texts the user attached, by name.</summary>
    public IReadOnlyList<(string Name, string Text)> Attachments { get; init; } = [];

    /// <summary>Relative paths of files with changes the user has not saved: a patch to them is refused.</summary>
    public IReadOnlySet<string> Unsaved { get; init; } = new HashSet<string>();

    /// <summary>Asks which of these files have unsaved changes now; null: nobody can say.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlySet<string>>>? ReadUnsaved { get; init; }
}

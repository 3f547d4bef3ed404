namespace CodexSidecar.Engine.Workspace;

/// <summary>A file under a staged name.</summary>
internal readonly record struct StagedPlace(WorkspacePath Folder, string Name)
{
    public string Shown => Folder.Child(Name).Shown;
}

/// <summary>What a batch has done so far, and how each step of it is taken back.</summary>
/// <param name="atStep">See <see cref="Batch"/>.</param>
internal sealed class DoneSteps(Action<string>? atStep)
{
    private readonly Stack<DoneStep> done = new();
    private readonly List<string> stuck = [];

    /// <summary>What is wrong where a step could not be taken back: sentences for the user.</summary>
    public IReadOnlyList<string> Stuck => stuck;

    public void Push(DoneStep step) => done.Push(step);

    /// <summary>Takes everything back, the last step first.</summary>
    public void Undo()
    {
        HashSet<StagedPlace> originals = [];
        while (done.TryPop(out var step))
        {
            atStep?.Invoke($"undo {step.What}");
            if (step.Staged is { } staged && originals.Contains(staged))
            {
                continue; // what was staged is in its place, and under the staged name is what it replaced
            }
            if (!Refusal.Quietly(step.Undo) && step.IfStuck is { } sentence)
            {
                stuck.Add(sentence);
                if (step.Keeps is { } place)
                {
                    originals.Add(place);
                }
            }
        }
    }
}

/// <param name="What">For tests.</param>
internal sealed record DoneStep(string What, Action Undo)
{
    /// <summary>For the user when it cannot be taken back; null: nothing of his is affected.</summary>
    public string? IfStuck { get; init; }

    /// <summary>Where the original lies until then.</summary>
    public StagedPlace? Keeps { get; init; }

    /// <summary>What is taken back here is a staged file of ours.</summary>
    public StagedPlace? Staged { get; init; }
}

using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Patching;

/// <summary>A planned file with its texts and hunks.</summary>
internal sealed record Delta(PlannedFile File, FileVersion? Before, FileVersion? After)
{
    private const int MostDrawn = 1 << 20;

    private IReadOnlyList<PlannedHunk>? hunks;

    public IReadOnlyList<PlannedHunk> Hunks => hunks ??= PlannedHunks.Of(File, Before?.Text, After?.Text);

    public bool IsDrawable => (Before?.Bytes.Length ?? 0) <= MostDrawn && (After?.Bytes.Length ?? 0) <= MostDrawn;

    public PatchFile ToPatchFile()
    {
        var runs = Hunks.Select(hunk => hunk.Run).Where(run => run.Count + run.NewCount > 0).ToList();
        return new PatchFile(
            File.Path,
            File.Change,
            UnifiedText.Of(runs, Before?.Text.Lines ?? [], After?.Text.Lines ?? []),
            [.. Hunks.Select(hunk => hunk.ToHunk())],
            runs.Sum(run => run.NewCount),
            runs.Sum(run => run.Count),
            File.From
        );
    }

    /// <summary>What happens on disk when only these hunks are taken.</summary>
    public IEnumerable<DiskChange> Select(IReadOnlySet<string> ids)
    {
        if (Hunks.Any(hunk => hunk.WholeFile && !ids.Contains(hunk.Id)))
        {
            return [];
        }
        var after = Before is null || After is null || Hunks.All(hunk => ids.Contains(hunk.Id)) ? After : Mixed(ids, Before, After);
        return File.From is null
            ? [new DiskChange(File.Path, Before, after)]
            : [new DiskChange(File.From, Before, null), new DiskChange(File.Path, null, after)];
    }

    private FileVersion Mixed(IReadOnlySet<string> ids, FileVersion before, FileVersion after)
    {
        var lines = HunkText.With(before.Text.Lines, after.Text.Lines, Hunks.Where(hunk => ids.Contains(hunk.Id)).Select(hunk => hunk.Run));
        return FileVersion.Of(File.Path, before.Text with { Lines = lines });
    }
}

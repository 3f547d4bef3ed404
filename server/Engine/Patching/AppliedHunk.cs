using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Patching;

/// <summary>A file of a patch that is on disk, with some of its hunks left out: what the text was, and what it becomes when one more is
/// decided. Pure.</summary>
internal static class AppliedHunk
{
    /// <summary>The texts at the file's paths with these hunks left out; null: no file there.</summary>
    public static IReadOnlyDictionary<string, string?> State(PatchFile file, PatchText texts, IReadOnlySet<string> leftOut)
    {
        // A creation, a deletion and a move are one hunk; without it nothing of the file counts.
        var whole = file.Change is not FileChange.Modified && file.Hunks.Count > 0 && leftOut.Contains(file.Hunks[0].HunkId);
        return file.Change switch
        {
            FileChange.Added => One(file.Path, whole ? null : texts.NewText),
            FileChange.Deleted => One(file.Path, whole ? texts.OldText : null),
            FileChange.Moved when whole => Two(file, texts.OldText, null),
            FileChange.Moved => Two(file, null, HunkText.Without(texts, file.Hunks, leftOut)),
            _ => One(file.Path, HunkText.Without(texts, file.Hunks, leftOut)),
        };
    }

    /// <summary>Takes a change into the text that is there now.</summary>
    /// <param name="before">The text the change was made of.</param>
    /// <param name="after">What the change made of it.</param>
    /// <param name="now">What is there.</param>
    /// <returns>False: somebody changed the same lines since.</returns>
    public static bool TryMerge(string? before, string? after, string? now, out string? merged)
    {
        merged = now;
        if (before == after || now == after)
        {
            return true;
        }
        if (now == before)
        {
            merged = after;
            return true;
        }
        if (before is null || after is null || now is null)
        {
            return false;
        }
        var result = ThreeWay.Merge(LineText.Split(before), LineText.Split(after), LineText.Split(now));
        if (result.Conflicts.Count > 0)
        {
            return false;
        }
        merged = LineText.Join(result.Lines);
        return true;
    }

    private static Dictionary<string, string?> One(string path, string? text) => new(StringComparer.Ordinal) { [path] = text };

    private static Dictionary<string, string?> Two(PatchFile file, string? old, string? now) =>
        new(StringComparer.Ordinal) { [file.From!] = old, [file.Path] = now };
}

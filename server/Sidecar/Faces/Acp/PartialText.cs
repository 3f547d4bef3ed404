using System.Collections.Immutable;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>The text of a file when some hunks of a patch were left out. Only for showing: what is written is the engine's business.</summary>
internal static class PartialText
{
    public static string Without(PatchText text, IReadOnlyList<Hunk> hunks, ImmutableHashSet<string> leftOut)
    {
        var proposed = text.NewText ?? "";
        if (text.OldText is null || text.NewText is null || hunks.All(hunk => !leftOut.Contains(hunk.HunkId)))
            return proposed;
        var (old, now) = (Lines(text.OldText), Lines(proposed));
        var result = new List<string>();
        var next = 0;
        foreach (var hunk in hunks)
        {
            // An insertion names the line before it.
            var (oldStart, newStart) = (hunk.OldLines == 0 ? hunk.OldStart : hunk.OldStart - 1, hunk.NewLines == 0 ? hunk.NewStart : hunk.NewStart - 1);
            result.AddRange(old[next..oldStart]);
            result.AddRange(leftOut.Contains(hunk.HunkId) ? old[oldStart..(oldStart + hunk.OldLines)] : now[newStart..(newStart + hunk.NewLines)]);
            next = oldStart + hunk.OldLines;
        }
        return string.Concat([.. result, .. old[next..]]);
    }

    /// <summary>Lines with their endings.</summary>
    private static string[] Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }
        return [.. lines];
    }
}

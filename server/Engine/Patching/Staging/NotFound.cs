using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Why a block fits nowhere, as far as it can be said for sure.</summary>
internal static class NotFound
{
    public static RefusedException Explain(PatchBlock block, Draft draft, DraftSet stage)
    {
        if (block is InsertBlock insert)
        {
            return new RefusedException(
                "not_found",
                $"{draft.Path} has no line \"{string.Join(" / ", insert.Hints.Scopes)}\" to insert after."
            );
        }
        var replace = (ReplaceBlock)block;
        string[] search = LineText.Lines(replace.Search),
            put = LineText.Lines(replace.Replace);
        if (search.Count(Dots.Is) != put.Count(Dots.Is) && search.Concat(put).FirstOrDefault(Dots.Is) is { } dots)
        {
            return Elision.Refused(dots);
        }
        if (replace.Hints.AtEnd && Stands(draft, search))
        {
            return new RefusedException(
                "not_found",
                $"The lines to change are in {draft.Path}, but not at the end of the file as the block says."
            );
        }
        if (Readings.Enough(put, 10) && Stands(draft, put))
        {
            return new RefusedException(
                "not_found",
                $"The lines to change are not in {draft.Path}; the new lines are there already. Leave this block out."
            );
        }
        if (
            stage.Drafts.FirstOrDefault(other =>
                other != draft && other.Text is not null && Readings.Enough(search, 10) && Stands(other, search)
            ) is
            { } elsewhere
        )
        {
            return new RefusedException("not_found", $"The lines to change are not in {draft.Path}; they are in {elsewhere.Path}.");
        }
        return new RefusedException(
            "not_found",
            $"The lines to change are not in {draft.Path}. Copy them from the file exactly as they are."
        );
    }

    private static bool Stands(Draft draft, string[] lines) =>
        draft.Text is { } text && new FileLines(text.Lines, tabWidth: 4).Places(lines, LineKey.Tail).Count > 0;
}

using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Which lines of a file are taken by an edit already. Edits may touch, not overlap.</summary>
internal sealed class EditField(int lines)
{
    private readonly int[] owner = new int[lines];
    private readonly Dictionary<int, int> inserted = [];
    private readonly List<LineEdit> edits = [];

    public IReadOnlyList<LineEdit> Edits => edits;

    /// <summary>All edits of a block, or none.</summary>
    /// <exception cref="RefusedException">overlap.</exception>
    public void Add(IReadOnlyList<LineEdit> added, int block)
    {
        var fresh = added.Where(edit => !IsThere(edit)).ToList();
        foreach (var edit in fresh)
        {
            if (Overlapping(edit) is { } other)
            {
                throw new RefusedException(
                    "overlap",
                    $"Block {block} and block {edits[other].Block} change the same lines (line {edit.Start + 1}). Send one block "
                        + $"with both changes."
                );
            }
        }
        foreach (var edit in fresh)
        {
            edits.Add(edit);
            for (var line = edit.Start; line < edit.End; line++)
            {
                owner[line] = edits.Count;
            }
            if (edit.Count == 0)
            {
                inserted[edit.Start] = edits.Count - 1;
            }
        }
    }

    /// <summary>Two blocks that share their context may both carry the same change.</summary>
    private bool IsThere(LineEdit edit) =>
        edit.Count > 0
        && owner[edit.Start] > 0
        && edits[owner[edit.Start] - 1] is var other
        && other.Start == edit.Start
        && other.Count == edit.Count
        && other.NewLines.SequenceEqual(edit.NewLines);

    private int? Overlapping(LineEdit edit)
    {
        if (edit.Count == 0)
        {
            return edit.Start > 0 && edit.Start < owner.Length && owner[edit.Start] > 0 && owner[edit.Start] == owner[edit.Start - 1]
                ? owner[edit.Start] - 1
                : null;
        }
        for (var line = edit.Start; line < edit.End; line++)
        {
            if (owner[line] > 0)
            {
                return owner[line] - 1;
            }
            if (line > edit.Start && inserted.TryGetValue(line, out var insertion))
            {
                return insertion;
            }
        }
        return null;
    }
}

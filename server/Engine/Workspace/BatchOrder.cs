namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// In which order names change: what stands in the way goes; folders, creates, updates, deletes, each in ordinal order, so that a moved
/// file is never
/// absent; then emptied folders, the deepest first, and modes.
/// </summary>
internal static class BatchOrder
{
    public static IReadOnlyList<BatchStep> Of(IReadOnlyList<BatchStep> steps)
    {
        HashSet<WorkspacePath> made = [.. steps.Where(step => step is PutFile or PutLink or MakeFolder).Select(step => step.Path)];
        HashSet<WorkspacePath> above = [.. made.SelectMany(Above)];
        HashSet<WorkspacePath> files = [.. steps.Where(step => step is PutFile or PutLink).Select(step => step.Path)];
        return
        [
            .. steps
                .OrderBy(step => Phase(step, InTheWay(step.Path)))
                .ThenByDescending(step => step is RemoveFolder or SetMode ? step.Path.Value : "", StringComparer.Ordinal)
                .ThenBy(step => step.Path.Value, StringComparer.Ordinal),
        ];

        bool InTheWay(WorkspacePath path) => above.Contains(path) || made.Contains(path) || Above(path).Any(files.Contains);
    }

    public static IEnumerable<WorkspacePath> Above(WorkspacePath path)
    {
        for (var folder = path; !folder.IsRoot; )
        {
            folder = folder.Parent;
            if (!folder.IsRoot)
            {
                yield return folder;
            }
        }
    }

    private static int Phase(BatchStep step, bool inTheWay) =>
        step switch
        {
            RemoveFile => inTheWay ? 0 : 5,
            RemoveFolder => inTheWay ? 1 : 6,
            MakeFolder => 2,
            PutFile { Old: null } or PutLink { Old: null } => 3,
            PutFile or PutLink => 4,
            _ => 7,
        };
}

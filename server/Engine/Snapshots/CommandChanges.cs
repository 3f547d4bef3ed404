namespace CodexSidecar.Engine.Snapshots;

/// <summary>What a command changed is the difference between two comparisons, just before and just after it.</summary>
internal static class CommandChanges
{
    /// <param name="changes">Of the run, before the command.</param>
    /// <returns>Of the run, with the command's.</returns>
    public static IReadOnlyList<ChangedPath> Add(
        IEnumerable<ChangedPath> changes,
        IEnumerable<ChangedPath> before,
        IEnumerable<ChangedPath> after
    )
    {
        var all = new SortedDictionary<string, ChangedPath>(changes.ToDictionary(change => change.Path), StringComparer.Ordinal);
        var was = before.ToDictionary(change => change.Path, StringComparer.Ordinal);
        var now = after.ToDictionary(change => change.Path, StringComparer.Ordinal);
        foreach (
            var path in was
                .Keys.Union(now.Keys, StringComparer.Ordinal)
                .Where(path => !IsSame(was.GetValueOrDefault(path), now.GetValueOrDefault(path)))
        )
        {
            if (!now.TryGetValue(path, out var became))
            {
                all.Remove(path);
            }
            else if (!was.ContainsKey(path) || all.ContainsKey(path))
            {
                // A mode that was another one before the command too is not the command's.
                all[path] =
                    was.TryGetValue(path, out var had) && had.Mode == became.Mode
                        ? became with
                        {
                            Mode = all.GetValueOrDefault(path)?.Mode,
                        }
                        : became;
            }
        }
        return [.. all.Values];
    }

    private static bool IsSame(ChangedPath? one, ChangedPath? other) =>
        one?.After == other?.After && one?.Mode == other?.Mode && one is null == other is null;
}

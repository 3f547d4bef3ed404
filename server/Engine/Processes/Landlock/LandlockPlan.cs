namespace CodexSidecar.Engine.Processes.Landlock;

/// <summary>
/// Landlock can only allow. So "all but these" becomes: everything beside the way to them, one by one. A folder on that way cannot be
/// listed,
/// and a link is no rule of its own: what it points to has one or has not.
/// </summary>
internal static class LandlockPlan
{
    /// <summary>Written to by every other program there is.</summary>
    public static readonly IReadOnlyList<string> Devices =
    [
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/dev/random",
        "/dev/urandom",
        "/dev/tty",
    ];

    /// <param name="hidden">Absolute, links resolved.</param>
    public static IEnumerable<string> Readable(string folder, IReadOnlyList<string> hidden)
    {
        var below = hidden.Where(path => path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)).ToList();
        if (hidden.Contains(folder))
        {
            return [];
        }
        return below.Count == 0 ? [folder] : Entries(folder).SelectMany(entry => Readable(entry, below));
    }

    private static IEnumerable<string> Entries(string folder)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return Directory.EnumerateFileSystemEntries(folder, "*", options);
    }
}

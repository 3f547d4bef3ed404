using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>Where an entry of the workspace, as commands over an overlay see it, really lies between commands.</summary>
internal static class OverlayView
{
    /// <summary>As many links on one way as the kernel follows.</summary>
    private const int MostLinks = 40;

    /// <param name="path">Absolute. Outside the workspace an overlay changes nothing.</param>
    /// <returns>The path of the file or folder it leads to, links followed; null: commands see nothing there.</returns>
    public static string? Locate(this OverlayMount mount, string path)
    {
        for (var links = 0; links <= MostLinks; links++)
        {
            if (Below(mount.Workspace, path) is not { } relative)
            {
                return Path.Exists(path) ? path : null;
            }
            var (found, link) = Walk(mount, relative.Split('/', StringSplitOptions.RemoveEmptyEntries));
            if (link is null)
            {
                return found;
            }
            path = link;
        }
        return null;
    }

    /// <returns>Where the last part lies; or, when there is a link on the way, the path that it makes of the whole.</returns>
    private static (string? Found, string? Link) Walk(OverlayMount mount, string[] parts)
    {
        string? upper = mount.Upper;
        string? lower = mount.Workspace;
        for (var i = 0; i < parts.Length; i++)
        {
            var seen = Path.Join([mount.Workspace, .. parts[..i]]);
            (upper, lower) = Step(upper, lower, parts[i]);
            if ((upper ?? lower) is not { } top)
            {
                return (null, null);
            }
            if (OverlayCalls.Look(top)?.Kind is EntryKind.Link && new FileInfo(top).LinkTarget is { } target)
            {
                return (null, Path.GetFullPath(Path.Join([Path.GetFullPath(target, seen), .. parts[(i + 1)..]]), "/"));
            }
        }
        return (upper ?? lower, null);
    }

    /// <summary>The upper entry decides; the lower one is seen too where both are folders.</summary>
    private static (string? Upper, string? Lower) Step(string? upper, string? lower, string name)
    {
        upper = upper is null ? null : Path.Join(upper, name);
        lower = lower is null ? null : Path.Join(lower, name);
        var below = lower is null ? null : OverlayCalls.Look(lower);
        if (upper is null || OverlayCalls.Look(upper) is not { } above)
        {
            return (null, below is null ? null : lower);
        }
        return OverlayCalls.IsRemoved(above) ? (null, null)
            : above.Kind is EntryKind.Folder && below?.Kind is EntryKind.Folder && !OverlayCalls.IsOpaque(upper) ? (upper, lower)
            : (upper, null);
    }

    /// <returns>Null: it is not in there.</returns>
    private static string? Below(string folder, string path) =>
        path == folder ? ""
        : path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal) ? path[(folder.TrimEnd('/').Length + 1)..]
        : null;
}

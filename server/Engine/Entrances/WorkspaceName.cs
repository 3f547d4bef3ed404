using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

/// <summary>Whether two names mean one folder.</summary>
public static class WorkspaceName
{
    /// <summary>The folder after all links; what does not exist stays as it is written.</summary>
    public static string Real(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(PathRules.Full(folder));
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Join(real, part);
            try
            {
                real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
            }
            catch (IOException)
            {
                real = next; // a circle of links
            }
        }
        return real;
    }
}

namespace CodexSidecar.Engine.Workspace;

/// <summary>Folders of the state folder: the user's alone.</summary>
public static class PrivateFolder
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>With all above it that are missing; what is there keeps its mode.</summary>
    /// <param name="folder">Absolute.</param>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            // .NET gives the mode to the last one only.
            if (Path.GetDirectoryName(folder) is { Length: > 0 } above)
            {
                Create(above);
            }
            Directory.CreateDirectory(folder, Own);
        }
    }
}

using CodexSidecar.Engine.Workspace;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Files of the store: for this user only, and flushed when it counts.</summary>
internal static class StoreFile
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static FileStream Create(string file, int buffer = 0)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = buffer,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFile;
        }
        return new(file, options);
    }

    public static void CreateFolder(string folder) => PrivateFolder.Create(folder);

    /// <summary>Names in the folder survive a power cut; where the system cannot be told so, it has to be trusted.</summary>
    public static void FlushFolder(string folder) => On(folder, LinuxCalls.Flush);

    /// <summary>All that was written to the disk the folder is on: one wait for thousands of small files.</summary>
    /// <returns>False: this system has no such call.</returns>
    public static bool TryFlushDisk(string folder) => On(folder, LinuxCalls.FlushFileSystem);

    private static bool On(string folder, Action<SafeFileHandle> action)
    {
        if (!OperatingSystem.IsLinux() || !LinuxCalls.KnowThisProcessor)
        {
            return false;
        }
        try
        {
            using var handle = LinuxCalls.OpenRoot(folder);
            action(handle);
            return true;
        }
        catch (CallFailed)
        {
            return false;
        }
    }
}

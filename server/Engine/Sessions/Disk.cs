using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Sessions;

/// <summary>Two habits of everything in the state folder: a file is replaced whole, and a lock is an open file.</summary>
internal static class Disk
{
    /// <summary>What is in the state folder is the user's alone.</summary>
    public static void CreatePrivate(string folder) => PrivateFolder.Create(folder);

    public static void Replace(string file, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }

    /// <summary>Null: somebody else holds it.</summary>
    public static FileStream? TryLock(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

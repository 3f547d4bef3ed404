using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.State;

/// <summary>Two habits of everything in the state folder: a file is replaced whole, and a lock is an open file.</summary>
internal static class Disk
{
    /// <summary>Tries to take a lock while others look at it. A look takes some microseconds.</summary>
    private const int MostLooks = 1_000;

    /// <summary>What is in the state folder is the user's alone.</summary>
    public static void CreatePrivate(string folder) => PrivateFolder.Create(folder);

    /// <param name="atStep">Hears of the step before it is made; a test lets it fail there.</param>
    public static void Replace(string file, ReadOnlySpan<byte> bytes, Action<string>? atStep = null)
    {
        var name = Path.GetFileName(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = $"{file}.{Guid.NewGuid():n}.tmp";
        try
        {
            atStep?.Invoke($"write {name}");
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            atStep?.Invoke($"replace {name}");
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            // On a full disk half a file would take the place that the next try needs.
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Null: somebody else holds it. Somebody who only looks (<see cref="IsLocked"/>) is waited for.</summary>
    /// <exception cref="IOException">There can be no lock here, whoever holds it: <see cref="DiskFault"/> says why.</exception>
    public static FileStream? TryLock(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return HeldFile.Open(
            () => new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None),
            looks => looks > MostLooks || IsLocked(file)
        );
    }

    /// <summary>Whether somebody holds it. Looking shares the file with all who look, so it takes the lock from nobody.</summary>
    public static bool IsLocked(string file)
    {
        try
        {
            using var looking = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException held) when (DiskFault.IsHeld(held))
        {
            return true;
        }
    }

    /// <summary>Writes something here for a moment: a full or read-only disk lets empty files and locks be, and refuses this.</summary>
    public static void Probe(string folder, Action<string>? atStep = null)
    {
        var file = Path.Join(folder, $"probe.{Guid.NewGuid():n}.tmp");
        atStep?.Invoke("probe");
        // Gone when it is closed, however that comes about.
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        stream.Write(new byte[64 << 10]);
        stream.Flush(flushToDisk: true);
    }
}

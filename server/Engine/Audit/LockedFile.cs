using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Audit;

/// <summary>
/// Opens files that several processes use in turn. Opening one alone is a lock between them; the system lets go of it when a process dies.
/// </summary>
internal static class LockedFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Bounds the wait also where the clock stands still.</summary>
    private const int MostTries = 2_500;

    /// <summary>
    /// To read and write, alone. Who waits does so in a queue that is a lock of its own: so a writer who comes straight back does not
    /// overtake those who have waited for longer.
    /// </summary>
    /// <exception cref="IOException">The file cannot be opened, or somebody else held it all the time.</exception>
    public static FileStream OpenAlone(string file, TimeProvider time)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using var turn = Wait($"{file}.turn", options, time);
        return Wait(file, options, time);
    }

    /// <summary>To read, beside others who read.</summary>
    /// <returns>Null: there is no such file.</returns>
    /// <exception cref="IOException">The file cannot be opened, or somebody else held it all the time.</exception>
    public static FileStream? OpenToRead(string file, TimeProvider time)
    {
        try
        {
            return Wait(
                file,
                new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Read,
                    Share = FileShare.ReadWrite,
                },
                time
            );
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Waits only for somebody who holds the file. Any other refusal would be the same in five seconds.</summary>
    private static FileStream Wait(string file, FileStreamOptions options, TimeProvider time)
    {
        var started = time.GetTimestamp();
        return HeldFile.Open(() => new FileStream(file, options), tries => tries >= MostTries || time.GetElapsedTime(started) > Patience)
            ?? throw new IOException($"Another process has held {file} for longer than {Patience.TotalSeconds} seconds.");
    }
}

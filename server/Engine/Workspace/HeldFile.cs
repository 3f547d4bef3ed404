namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Opens files that somebody else may have open alone. .NET asks the system for that without waiting (FileShare.None is flock with LOCK_NB,
/// SafeFileHandle.Unix.cs of https://github.com/dotnet/runtime), and no call that waits could be given up in between, or works on every
/// file system. So it is tried again, after a pause.
/// </summary>
internal static class HeldFile
{
    /// <param name="open">Opens the file, or throws.</param>
    /// <param name="givesUp">Asked after each try that found the file held, with their number from 1.</param>
    /// <returns>Null: given up.</returns>
    /// <exception cref="IOException">It cannot be opened, whoever holds it.</exception>
    public static FileStream? Open(Func<FileStream> open, Func<int, bool> givesUp)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return open();
            }
            catch (IOException held) when (DiskFault.IsHeld(held))
            {
                if (givesUp(tries))
                {
                    return null;
                }
            }
            Pause();
        }
    }

    /// <summary>About as long as one write and one flush hold a file. Two that try at the same time must not go on in step.</summary>
    private static void Pause() => Thread.Sleep(1 + Random.Shared.Next(2));
}

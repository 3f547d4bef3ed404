namespace CodexSidecar.Engine.Processes;

/// <summary>A command in its sandbox, with what has to be done when it has ended.</summary>
/// <param name="Temporary">A folder made for this command alone; goes with it.</param>
internal sealed record WrappedCommand(Launch Launch, GitGuard? Guard, string? Temporary) : IDisposable
{
    public void Dispose() => Remove(Temporary);

    public static void Remove(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A command can make folders that cannot be emptied; they are in the system's temporary folder and nowhere else.
        }
    }
}

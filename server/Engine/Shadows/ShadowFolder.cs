using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>The folder of one shadow's changes. Held by an open file as long as its owner lives; one that nobody holds is left by a
/// kill.</summary>
internal sealed class ShadowFolder : IAsyncDisposable
{
    private readonly FileStream held;

    private ShadowFolder(string path, FileStream held) => (FullPath, this.held) = (path, held);

    public string FullPath { get; }

    /// <summary>Where shadows of this user may lie, the best place first: in the state folder; else in memory, where they are lost at a
    /// reboot.</summary>
    /// <param name="shadows">In the state folder.</param>
    /// <param name="memory">A folder that all users of the machine may write to.</param>
    public static IReadOnlyList<string> Places(string shadows, string memory = "/dev/shm")
    {
        var own = Path.Join(memory, $"codex-sidecar-{Environment.UserName}");
        return OperatingSystem.IsLinux() && Directory.Exists(memory) && MakeOwn(own) ? [shadows, Path.Join(own, "shadows")] : [shadows];
    }

    /// <returns>False: somebody else was there before us, and could change what lies in it.</returns>
    private static bool MakeOwn(string folder)
    {
        try
        {
            PrivateFolder.Create(folder);
            return OverlayCalls.Look(folder) is { Kind: EntryKind.Folder } facts
                && facts.User == OverlayCalls.User
                && (facts.Mode & (UnixFileMode)0x3F) == 0;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes one, and removes what killed programs have left in the place.</summary>
    /// <exception cref="IOException">The disk takes no folder.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not ours.</exception>
    public static async Task<ShadowFolder> MakeAsync(string place, string name)
    {
        PrivateFolder.Create(place);
        foreach (var left in Directory.EnumerateFiles(place, "*.lock").Select(file => file[..^".lock".Length]).ToList())
        {
            if (Hold(left) is { } dead)
            {
                await new ShadowFolder(left, dead).DisposeAsync();
            }
        }
        var path = Path.Join(place, name);
        return new(path, Hold(path) ?? throw new IOException($"{path} is in use."));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await OverlayMount.RemoveAsync(FullPath);
            File.Delete(LockOf(FullPath));
        }
        catch (IOException)
        {
            // Its lock is left too, so the next start tries again.
        }
        finally
        {
            await held.DisposeAsync();
        }
    }

    private static string LockOf(string path) => $"{path}.lock";

    /// <returns>Null: its owner lives.</returns>
    private static FileStream? Hold(string path)
    {
        try
        {
            return new(LockOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (DiskFault.IsHeld(held))
        {
            return null;
        }
    }
}

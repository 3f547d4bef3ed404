using System.Collections.Concurrent;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>
/// What lies on disk of one overlay: a folder with <c>lower</c> (a link to the workspace, so that no option of the mount has to be
/// escaped), <c>upper</c> (the changes, as the kernel's overlayfs writes them with <c>userxattr</c>) and <c>work</c> (the kernel's own).
/// The mount itself exists only while a command runs, in that command's namespaces.
/// </summary>
internal sealed class OverlayMount
{
    /// <summary>By folder, not by object: whoever opens the same folder waits for the same turn.</summary>
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.Ordinal);

    private OverlayMount(string workspace, string folder) => (Workspace, Folder) = (workspace, folder);

    /// <summary>Where commands see the overlay; nothing is ever written to what lies there.</summary>
    public string Workspace { get; }

    /// <summary>Absolute, links resolved; hidden from commands.</summary>
    public string Folder { get; }

    public string Upper => Path.Join(Folder, "upper");

    /// <summary>Makes what is missing of the three; an overlay of the same workspace that was used before goes on.</summary>
    /// <param name="workspace">Absolute.</param>
    /// <param name="folder">Absolute, for this overlay alone, outside the workspace.</param>
    /// <exception cref="IOException">It belongs to another workspace, or cannot be written.</exception>
    public static OverlayMount Make(string workspace, string folder)
    {
        PrivateFolder.Create(folder);
        var mount = new OverlayMount(Path.TrimEndingDirectorySeparator(workspace), HiddenPaths.Resolve(folder) ?? folder);
        var lower = Path.Join(mount.Folder, "lower");
        if (new FileInfo(lower).LinkTarget is not { } target)
        {
            File.CreateSymbolicLink(lower, mount.Workspace);
        }
        else if (target != mount.Workspace)
        {
            throw new IOException($"{mount.Folder} is an overlay of another folder.");
        }
        PrivateFolder.Create(Path.Join(mount.Folder, "work"));
        MakeUpper(mount);
        return mount;
    }

    /// <summary>
    /// Two mounts of one upper folder at the same time are undefined, and so are changes to it by others while it is mounted: who holds
    /// the turn is the only one who runs a command over it or writes to it. Not given again to a caller that has it.
    /// </summary>
    public async Task<IDisposable> TurnAsync(CancellationToken cancellationToken)
    {
        var turn = Turns.GetOrAdd(Folder, _ => new(1));
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>Removes all changes; the upper folder itself stays the same one, for those who have it open. Nothing may run over
    /// it.</summary>
    /// <exception cref="IOException">Something could not be removed.</exception>
    public async Task EmptyAsync()
    {
        foreach (var entry in new DirectoryInfo(Upper).EnumerateFileSystemInfos().ToList())
        {
            await RemoveAsync(entry.FullName);
        }
        foreach (var entry in new DirectoryInfo(Upper).EnumerateFileSystemInfos().ToList())
        {
            entry.Delete();
        }
    }

    /// <summary>Removes the folder with all changes. Nothing may run over it any more.</summary>
    /// <exception cref="IOException">Something could not be removed.</exception>
    public Task RemoveAsync() => RemoveAsync(Folder);

    /// <inheritdoc cref="RemoveAsync()"/>
    public static async Task RemoveAsync(string folder)
    {
        // The programs, because a command can make names that are no text, trees of any depth, and folders of mode 000, as the kernel's
        // own work folder is.
        if (Directory.Exists(folder) && await RunAsync("rm", "-rf", "--", folder) is not null)
        {
            await RunAsync("chmod", "-R", "u+rwx", "--", folder);
            if (await RunAsync("rm", "-rf", "--", folder) is { } refused)
            {
                throw new IOException(refused);
            }
        }
        Turns.TryRemove(folder, out _);
    }

    /// <summary>The root of what commands see has the upper folder's mode.</summary>
    private static void MakeUpper(OverlayMount mount)
    {
        if (!Directory.Exists(mount.Upper))
        {
            PrivateFolder.Create(mount.Upper);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(mount.Upper, File.GetUnixFileMode(mount.Workspace));
            }
        }
    }

    /// <returns>Null, or what it said when it failed.</returns>
    private static async Task<string?> RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        try
        {
            var ended = await Cli.Wrap(program)
                .WithArguments(arguments)
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(Encoding.UTF8);
            return ended.ExitCode == 0 ? null : ended.StandardError.Trim().Split('\n')[0];
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }

    private sealed class Turn(SemaphoreSlim held) : IDisposable
    {
        private int isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0)
            {
                held.Release();
            }
        }
    }
}

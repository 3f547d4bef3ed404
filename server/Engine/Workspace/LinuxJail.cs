using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Everything begins at one open descriptor of the root, and the kernel itself refuses a path that leaves it (<c>openat2</c> with
/// RESOLVE_BENEATH): a link that is swapped in between a check and an opening changes nothing. An absolute link counts as leaving.
/// </summary>
internal sealed class LinuxJail : Jail
{
    private readonly SafeFileHandle root;
    private readonly bool knowsFlags;

    private LinuxJail(SafeFileHandle root, bool knowsFlags)
    {
        (this.root, this.knowsFlags) = (root, knowsFlags);
        Folder = LinuxCalls.PathOf(root) ?? throw new DirectoryNotFoundException("The folder's path is not valid UTF-8.");
    }

    public override string Folder { get; }

    public SafeFileHandle Root => root;

    /// <summary>Null: the kernel has no <c>openat2</c>, or a sandbox around us hides it.</summary>
    /// <param name="knowsFlags">See <see cref="LinuxFolder"/>; false only in tests.</param>
    public static LinuxJail? TryOpen(string folder, bool knowsFlags = true)
    {
        try
        {
            return new(LinuxCalls.OpenRoot(folder), knowsFlags);
        }
        catch (CallFailed refused) when (refused.Error is LinuxCalls.NoCall or LinuxCalls.NotPermitted)
        {
            return null;
        }
    }

    public override JailFolder OpenFolder(WorkspacePath path, bool exact) =>
        new LinuxFolder(
            LinuxCalls.Open(
                root,
                path.Value,
                LinuxCalls.Folder,
                LinuxCalls.Beneath | (exact ? LinuxCalls.NoLinks : LinuxCalls.NoMagicLinks)
            ),
            knowsFlags
        );

    public override SafeFileHandle OpenFile(WorkspacePath path) => OpenFile(root, path.Value, LinuxCalls.NoMagicLinks);

    public override WorkspacePath Resolve(WorkspacePath path)
    {
        using var file = LinuxCalls.Open(root, path.Value, LinuxCalls.PathOnly, LinuxCalls.Beneath | LinuxCalls.NoMagicLinks);
        // Asked again each time: the root may have been renamed.
        var (here, there) = (LinuxCalls.PathOf(root), LinuxCalls.PathOf(file));
        return here is null || there is null ? throw new CallFailed(LinuxCalls.Invalid, "readlink")
            : here == there ? WorkspacePath.Root
            : there.StartsWith(here.TrimEnd('/') + "/", StringComparison.Ordinal)
                ? WorkspacePath.OfDisk(there[(here.TrimEnd('/').Length + 1)..])
            : throw new CallFailed(LinuxCalls.OtherDevice, "openat2");
    }

    public override void Dispose() => root.Dispose();

    /// <summary>A FIFO or a device answers at once (O_NONBLOCK) and is closed again when the kernel says what it is.</summary>
    public static SafeFileHandle OpenFile(SafeFileHandle folder, string path, ulong resolve)
    {
        var file = LinuxCalls.Open(folder, path, LinuxCalls.NonBlocking | LinuxCalls.NoTerminal, LinuxCalls.Beneath | resolve);
        if (LinuxCalls.TryStat(file, "", out var facts) && facts.Kind is EntryKind.File)
        {
            return file;
        }
        file.Dispose();
        throw new CallFailed(facts.Kind is EntryKind.Folder ? LinuxCalls.IsFolder : LinuxCalls.NoDevice, "openat2");
    }
}

using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>Folders of the upper layer, as they come and go.</summary>
internal static class UpperFolders
{
    /// <summary>
    /// Makes the folder that a lower one becomes when something in it changes: with its owner, mode and time, under its name only when it
    /// has them, and without a trace on the folder above, as the kernel does it.
    /// </summary>
    /// <param name="into">The folder above, in the upper layer.</param>
    public static LinuxFolder CopyUp(LinuxFolder lower, LinuxFolder into, string name)
    {
        if (LinuxCalls.TryStat(into.Handle, name, out var there))
        {
            // Made meanwhile, by another step of the same batch.
            return there.Kind is EntryKind.Folder
                ? new(LinuxCalls.Open(into.Handle, name, LinuxCalls.Folder, LinuxFolder.Exact), knowsFlags: true)
                : throw new CallFailed(LinuxCalls.Missing, "openat2");
        }
        LinuxFolder? made = null;
        KeepingTime(into, () => Writable(into, () => made = Make(lower, into, name)));
        return made!;
    }

    /// <summary>The action leaves the folder's own time as it was.</summary>
    public static void KeepingTime(LinuxFolder folder, Action action)
    {
        LinuxCalls.TryStat(folder.Handle, "", out var before);
        action();
        Refusal.Quietly(() => LinuxCalls.SetLastWrite(folder.Handle, before));
    }

    /// <summary>Removes a folder that shows no more: in it are whiteouts only. What cannot be removed is harmless, and never
    /// shown.</summary>
    public static void Discard(LinuxFolder parent, string name) =>
        Refusal.Quietly(() =>
        {
            using (var folder = OpenOwn(parent, name))
            {
                List<byte[]> names = [];
                LinuxFolder.ReadEntries(folder, (entry, _) => names.Add([.. entry, 0]));
                names.ForEach(entry => LinuxCalls.Remove(folder, entry));
            }
            parent.RemoveFolder(name);
        });

    private static LinuxFolder Make(LinuxFolder lower, LinuxFolder into, string name)
    {
        LinuxCalls.TryStat(lower.Handle, "", out var old);
        var other = StagedName.New();
        into.MakeFolder(other);
        SafeFileHandle? made = null;
        try
        {
            made = OpenOwn(into, other);
            LinuxCalls.TryStat(made, "", out var now);
            if ((old.User, old.Group) != (now.User, now.Group))
            {
                LinuxCalls.TrySetOwner(made, old.User, old.Group);
            }
            LinuxCalls.SetMode(made, old.Mode); // after the owner: a change of owner takes bits away
            LinuxCalls.SetLastWrite(made, old);
            LinuxCalls.Rename(into.Handle, other, into.Handle, name, LinuxCalls.NoReplace);
            return new(made, knowsFlags: true);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            made?.Dispose();
            Refusal.Quietly(() => into.RemoveFolder(other));
            throw;
        }
    }

    /// <summary>A folder that its user has closed to himself, by its mode or by the umask, is opened to him first.</summary>
    private static SafeFileHandle OpenOwn(LinuxFolder parent, string name)
    {
        parent.SetMode(name, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return LinuxCalls.Open(parent.Handle, name, LinuxCalls.Folder, LinuxFolder.Exact);
    }

    /// <summary>
    /// A folder below a read-only one is copied up into it, although nothing may be made there: nothing that shows is. The kernel does that
    /// as root of its namespace; here the mode is opened for the moment.
    /// </summary>
    private static void Writable(LinuxFolder folder, Action action)
    {
        if (folder.MayWrite("."))
        {
            action();
            return;
        }
        LinuxCalls.TryStat(folder.Handle, "", out var facts);
        LinuxCalls.SetMode(folder.Handle, facts.Mode | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            action();
        }
        finally
        {
            LinuxCalls.SetMode(folder.Handle, facts.Mode);
        }
    }
}

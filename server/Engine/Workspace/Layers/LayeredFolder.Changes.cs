using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>What changes is made in the upper layer; what shows changes in one call of the system.</summary>
internal sealed partial class LayeredFolder
{
    public override SafeFileHandle Create(string name)
    {
        SafeFileHandle? file = null;
        try
        {
            Make(name, (into, at) => file = into.Create(at));
            return file!;
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            file?.Dispose();
            throw;
        }
    }

    public override void Adopt(SafeFileHandle file, string? likeName, UnixFileMode? mode)
    {
        var layer = likeName is null ? null : LayerOf(likeName);
        (layer ?? upper ?? lower!).Adopt(file, layer is null ? null : likeName, mode);
    }

    public override void Move(JailFolder from, string name, string newName)
    {
        var source = (LayeredFolder)from;
        RefuseShown(newName);
        if (source.KeptAt(name) is { } home)
        {
            BringBack(source, name, home, newName);
            return;
        }
        var layer = source.Shown(name);
        RefuseFolder(layer, name);
        if (layer == source.Upper)
        {
            var flags = IsWhitedOut(newName) ? 0 : LinuxCalls.NoReplace;
            LinuxCalls.Rename(
                layer.Handle,
                name,
                MakeUpper().Handle,
                newName,
                flags | (source.IsBelow(name) ? LinuxCalls.LeaveWhiteout : 0)
            );
            return;
        }
        Make(newName, (into, at) =>
        {
            if (StagedName.Is(newName))
            {
                into.Create(at).Dispose(); // only holds the name
                jail.Keep(PathOf(newName), source.PathOf(name));
            }
            else
            {
                layer.CopyTo(name, into, at);
            }
        });
        try
        {
            LinuxCalls.MakeWhiteout(source.MakeUpper().Handle, name);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            Refusal.Quietly(() => Remove(newName));
            throw;
        }
    }

    public override void Swap(JailFolder from, string staged, string name)
    {
        var source = (LayeredFolder)from;
        var layer = Shown(name);
        RefuseFolder(layer, name);
        var (here, there) = (MakeUpper(), source.MakeUpper());
        if (source.KeptAt(staged) is { } home)
        {
            if (layer == upper && home == PathOf(name) && IsBelow(name))
            {
                // What lies below only has to show again.
                LinuxCalls.Rename(here.Handle, name, there.Handle, staged, 0);
                jail.Forget(source.PathOf(staged));
                return;
            }
            source.Replace(staged, home);
        }
        if (layer == upper)
        {
            LinuxCalls.Rename(here.Handle, name, there.Handle, staged, LinuxCalls.Exchange);
            return;
        }
        var copy = staged + StagedName.Ending;
        there.Create(copy).Dispose(); // only holds the name of the lower file
        var isTurned = false;
        try
        {
            LinuxCalls.Rename(there.Handle, copy, there.Handle, staged, LinuxCalls.Exchange);
            isTurned = true;
            jail.Keep(source.PathOf(staged), PathOf(name));
            LinuxCalls.Rename(there.Handle, copy, here.Handle, name, LinuxCalls.NoReplace);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            jail.Forget(source.PathOf(staged));
            if (isTurned)
            {
                Refusal.Quietly(() => LinuxCalls.Rename(there.Handle, copy, there.Handle, staged, LinuxCalls.Exchange));
            }
            Refusal.Quietly(() => there.Remove(copy));
            throw;
        }
    }

    public override void MakeFolder(string name)
    {
        RefuseShown(name);
        var into = MakeUpper();
        if (!IsWhitedOut(name))
        {
            into.MakeFolder(name);
            return;
        }
        var other = StagedName.New();
        into.MakeFolder(other);
        try
        {
            using (var made = LinuxCalls.Open(into.Handle, other, LinuxCalls.Folder, LinuxFolder.Exact))
            {
                LayerMarks.MakeOpaque(made);
            }
            LinuxCalls.Rename(into.Handle, other, into.Handle, name, LinuxCalls.Exchange);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            Refusal.Quietly(() => into.RemoveFolder(other));
            throw;
        }
        Refusal.Quietly(() => into.Remove(other));
    }

    public override void MakeLink(string name, string target) => Make(name, (into, at) => into.MakeLink(at, target));

    public override void Remove(string name)
    {
        if (KeptAt(name) is not null)
        {
            jail.Forget(PathOf(name));
        }
        var layer = Shown(name);
        if (layer == upper && StagedName.Is(name) && IsFolder(layer, name))
        {
            UpperFolders.Discard(layer, name); // a kill left it, between two calls of ours
            return;
        }
        RefuseFolder(layer, name);
        if (layer == lower)
        {
            LinuxCalls.MakeWhiteout(MakeUpper().Handle, name);
        }
        else if (!IsBelow(name))
        {
            layer.Remove(name);
        }
        else
        {
            ByRename(layer, name, 0, other => LinuxCalls.MakeWhiteout(layer.Handle, other));
        }
    }

    public override void RemoveFolder(string name)
    {
        using (var child = jail.Open(PathOf(name)))
        {
            if (child.Names().Count > 0)
            {
                throw new CallFailed(LinuxCalls.NotEmpty, "unlinkat");
            }
            if (child.Upper is null)
            {
                LinuxCalls.MakeWhiteout(MakeUpper().Handle, name);
                return;
            }
        }
        var into = MakeUpper();
        if (!IsBelow(name))
        {
            if (Refusal.Quietly(() => into.RemoveFolder(name)))
            {
                return;
            }
            // Whiteouts of what the lower layer has no more.
            var aside = StagedName.New();
            LinuxCalls.Rename(into.Handle, name, into.Handle, aside, LinuxCalls.NoReplace);
            UpperFolders.Discard(into, aside);
            return;
        }
        var other = ByRename(into, name, LinuxCalls.Exchange, temporary => LinuxCalls.MakeWhiteout(into.Handle, temporary));
        UpperFolders.Discard(into, other);
    }

    public override void SetMode(string name, UnixFileMode mode)
    {
        var layer = Shown(name);
        if (layer != upper && name != ".")
        {
            LinuxCalls.TryStat(layer.Handle, name, out var facts);
            if (facts.Kind is EntryKind.Folder)
            {
                using var child = jail.Open(PathOf(name));
                child.MakeUpper();
            }
            else
            {
                var into = MakeUpper();
                UpperFolders.KeepingTime(into, () => ByRename(into, name, LinuxCalls.NoReplace, other => layer.CopyTo(name, into, other)));
            }
        }
        MakeUpper().SetMode(name, mode);
    }

    /// <summary>The folder of the upper layer; made there, with those above it, when it is not there yet.</summary>
    private LinuxFolder MakeUpper()
    {
        if (upper is null)
        {
            using var parent = jail.Open(path.Parent);
            upper = UpperFolders.CopyUp(lower!, parent.MakeUpper(), path.Name);
        }
        return upper;
    }

    private bool IsWhitedOut(string name) =>
        upper is not null && LinuxCalls.TryStat(upper.Handle, name, out var facts) && LayerMarks.IsWhiteout(upper.Handle, name, facts);

    private void RefuseShown(string name)
    {
        if (LayerOf(name) is not null)
        {
            throw new CallFailed(LinuxCalls.Exists, "renameat2");
        }
    }

    private static void RefuseFolder(LinuxFolder layer, string name)
    {
        if (IsFolder(layer, name))
        {
            throw new CallFailed(LinuxCalls.IsFolder, "renameat2");
        }
    }

    private static bool IsFolder(LinuxFolder layer, string name) =>
        LinuxCalls.TryStat(layer.Handle, name, out var facts) && facts.Kind is EntryKind.Folder;

    /// <summary>Makes a file or link; where a whiteout has the name, under another one first.</summary>
    private void Make(string name, Action<LinuxFolder, string> make)
    {
        RefuseShown(name);
        var into = MakeUpper();
        if (IsWhitedOut(name))
        {
            ByRename(into, name, 0, other => make(into, other));
        }
        else
        {
            make(into, name);
        }
    }

    /// <summary>Makes something under a staged name and gives it its own in one call.</summary>
    /// <returns>The staged name.</returns>
    private static string ByRename(LinuxFolder folder, string name, uint flags, Action<string> make)
    {
        var other = StagedName.New();
        try
        {
            make(other);
            LinuxCalls.Rename(folder.Handle, other, folder.Handle, name, flags);
            return other;
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            Refusal.Quietly(() => folder.Remove(other));
            throw;
        }
    }

    /// <summary>A lower file that a staged name stands for comes back: by itself to its own place, else as a copy.</summary>
    private void BringBack(LayeredFolder source, string staged, WorkspacePath home, string newName)
    {
        if (home == PathOf(newName) && IsBelow(newName) && IsWhitedOut(newName))
        {
            MakeUpper().Remove(newName);
        }
        else
        {
            using var below = jail.OpenBelow(home.Parent);
            Make(newName, (into, at) => below.CopyTo(home.Name, into, at));
        }
        jail.Forget(source.PathOf(staged));
        Refusal.Quietly(() => source.MakeUpper().Remove(staged));
    }

    /// <summary>A staged name that stands for a lower file gets a copy of it.</summary>
    private void Replace(string staged, WorkspacePath home)
    {
        using var below = jail.OpenBelow(home.Parent);
        var into = MakeUpper();
        ByRename(into, staged, 0, other => below.CopyTo(home.Name, into, other));
        jail.Forget(PathOf(staged));
    }
}

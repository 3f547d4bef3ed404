using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>The file system below the root. Two versions: by open descriptors (Linux) and by checked paths (elsewhere). Both throw
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; the root makes sentences of them.</summary>
internal abstract class Jail : IDisposable
{
    /// <summary>The one that holds on this system.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static Jail Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        }
        Jail? linux = OperatingSystem.IsLinux() && LinuxCalls.KnowThisProcessor ? LinuxJail.TryOpen(folder) : null;
        return linux ?? new PlainJail(folder);
    }

    /// <summary>Absolute, links resolved.</summary>
    public abstract string Folder { get; }

    /// <param name="exact">No part of the path may be a link; else links are followed as long as they stay inside.</param>
    public abstract JailFolder OpenFolder(WorkspacePath path, bool exact);

    /// <summary>For reading; links are followed as long as they stay inside. Never waits, and never opens anything but a regular file for
    /// good.</summary>
    public abstract SafeFileHandle OpenFile(WorkspacePath path);

    /// <summary>The path after all links.</summary>
    public abstract WorkspacePath Resolve(WorkspacePath path);

    /// <summary>Whether a program that is started in the root would find something by this word, inside or outside.</summary>
    public virtual bool Exists(string word)
    {
        var path = Path.Join(Folder, word);
        return File.Exists(path) || Directory.Exists(path);
    }

    /// <summary>Does one thing in a folder that is opened anew for it, and without links.</summary>
    public void In(WorkspacePath path, Action<JailFolder> action)
    {
        using var folder = OpenFolder(path, exact: true);
        action(folder);
    }

    public abstract void Dispose();
}

/// <summary>A name in a folder. Names that are no UTF-8 are shown with marks in their place and cannot be opened.</summary>
internal readonly record struct FolderEntry(string Name, EntryKind Kind, bool IsText = true);

/// <summary>One open folder of the workspace. Takes names, never paths; never follows a link.</summary>
internal abstract class JailFolder : IDisposable
{
    /// <summary>In no order.</summary>
    public abstract IReadOnlyList<FolderEntry> Names();

    /// <summary>Null: nothing is there.</summary>
    /// <param name="path">What the fact is about.</param>
    public abstract FileFact? Look(string name, WorkspacePath path);

    public abstract SafeFileHandle OpenFile(string name);

    /// <summary>A new file for writing, with the mode the umask leaves.</summary>
    public abstract SafeFileHandle Create(string name);

    /// <summary>Gives the open new file the owner and mode of an old one, as far as the system lets us.</summary>
    public abstract void Adopt(SafeFileHandle file, string? likeName, UnixFileMode? mode);

    /// <summary>Takes a file or link over from another folder. Nothing may be under the new name.</summary>
    public abstract void Move(JailFolder from, string name, string newName);

    /// <summary>Puts a staged file in the place of an old one, which lies under the staged name afterwards.</summary>
    public abstract void Swap(JailFolder from, string staged, string name);

    /// <summary>Whether this user may change the file (its folder is another question).</summary>
    public abstract bool MayWrite(string name);

    public abstract void MakeFolder(string name);
    public abstract void MakeLink(string name, string target);
    public abstract void Remove(string name);
    public abstract void RemoveFolder(string name);
    public abstract void SetMode(string name, UnixFileMode mode);

    /// <summary>Names that were changed survive a power cut.</summary>
    public abstract void Flush();

    public abstract void Dispose();
}

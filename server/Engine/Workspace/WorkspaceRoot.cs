using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>The jail: the one place where files of the workspace are listed, opened and written.</summary>
internal sealed class WorkspaceRoot : IDisposable
{
    private readonly Jail jail;

    private WorkspaceRoot(Jail jail) => this.jail = jail;

    /// <summary>For tests: see <see cref="Batch"/>.</summary>
    public Action<string>? AtStep { get; set; }

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static WorkspaceRoot Open(string folder) => new(Jail.Open(folder));

    /// <summary>With a jail of the caller's choice, so that each is tested on one system.</summary>
    public static WorkspaceRoot Open(Jail jail) => new(jail);

    /// <summary>Absolute, with links resolved.</summary>
    public string Folder => jail.Folder;

    /// <summary>Null: nothing is there.</summary>
    /// <exception cref="WorkspaceException">path (a folder on the way is a link that leads outside), io.</exception>
    public FileFact? Look(WorkspacePath path)
    {
        try
        {
            using var folder = jail.OpenFolder(path.Parent, exact: false);
            return folder.Look(path.IsRoot ? "." : path.Name, path);
        }
        catch (CallFailed fault) when (fault.Error is LinuxCalls.Missing or LinuxCalls.NotFolder)
        {
            return null;
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(path, fault);
        }
    }

    /// <summary>The whole file. A link is followed when it stays inside; an absolute link counts as leading outside.</summary>
    /// <exception cref="WorkspaceException">missing, kind, size (larger than <paramref name="most"/> bytes), path (a link leads
    /// outside).</exception>
    public byte[] Read(WorkspacePath path, long most)
    {
        try
        {
            using var file = jail.OpenFile(path);
            return RandomAccess.GetLength(file) <= most && ReadAll(file, most) is { } bytes
                ? bytes
                : throw new WorkspaceException("size", $"{path.Shown} has {RandomAccess.GetLength(file):N0} bytes; the most is {most:N0}.");
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(path, fault);
        }
    }

    /// <summary>For streaming large files (search, snapshots); the same refusals as <see cref="Read"/> without a size.</summary>
    public Stream OpenRead(WorkspacePath path) => new FileStream(OpenHandle(path), FileAccess.Read);

    /// <summary>Where a path ends after all links: what is judged by its name (secrets, protected files) has to be judged by this one
    /// too.</summary>
    /// <exception cref="WorkspaceException">missing, path (a link leads outside).</exception>
    public WorkspacePath Resolve(WorkspacePath path)
    {
        try
        {
            return jail.Resolve(path);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(path, fault);
        }
    }

    /// <summary>Whether a program that is given this word would open something outside, or something that has no name here.</summary>
    public bool LeadsOut(string word)
    {
        if (word.Length == 0 || !jail.Exists(word))
        {
            return false;
        }
        try
        {
            Resolve(WorkspacePath.Parse(word));
            return false;
        }
        catch (WorkspaceException)
        {
            return true;
        }
    }

    /// <summary>The path with every link on the way followed, but not one at its end; what does not exist yet is taken as it is.</summary>
    public WorkspacePath Place(WorkspacePath path)
    {
        var folder = path.Parent;
        var below = new Stack<string>(path.IsRoot ? [] : [path.Name]);
        while (!folder.IsRoot && Look(folder) is null)
        {
            below.Push(folder.Name);
            folder = folder.Parent;
        }
        return below.Aggregate(folder.IsRoot ? folder : Resolve(folder), (place, name) => place.Child(name));
    }

    /// <summary>The path a write really changes: a link that is written leads to its target, a link that is deleted goes itself, and every
    /// link on the way is followed.</summary>
    public WorkspacePath PlaceOf(FileWrite write) =>
        write is { Bytes: not null, ExpectedSha256: not null } && Look(write.Path)?.Kind is EntryKind.Link
            ? Resolve(write.Path)
            : Place(write.Path);

    /// <summary>All files and links below a folder that the ignore rules leave, in ordinal order of their paths; never follows a link,
    /// never enters <c>.git</c>.</summary>
    public IEnumerable<FileFact> Walk(WorkspacePath folder, CancellationToken cancellationToken) =>
        new Walker(jail, new()).Walk(folder, cancellationToken).Where(fact => fact.Kind is EntryKind.File or EntryKind.Link);

    /// <summary>The files below a folder that the ignore rules leave, without links and without a look at any of them, in ordinal
    /// order.</summary>
    public IEnumerable<WorkspacePath> Files(WorkspacePath folder, CancellationToken cancellationToken) =>
        new Walker(jail, new(NamesOnly: true))
            .Walk(folder, cancellationToken)
            .Where(file => file.Kind is EntryKind.File)
            .Select(file => file.Path);

    /// <summary>The relative paths of all files that the ignore rules leave, in ordinal order.</summary>
    public IEnumerable<string> Files(CancellationToken cancellationToken) =>
        Files(WorkspacePath.Root, cancellationToken).Select(path => path.Value);

    /// <summary>The walk of a snapshot: with folders, special files and what .codexignore hides.</summary>
    public IEnumerable<FileFact> WalkAll(WalkOptions options, CancellationToken cancellationToken) =>
        new Walker(jail, options).Walk(WorkspacePath.Root, cancellationToken);

    /// <summary>The entries of one folder, ignored ones too, in ordinal order.</summary>
    public IReadOnlyList<FileFact> List(WorkspacePath path)
    {
        try
        {
            using var folder = jail.OpenFolder(path, exact: false);
            return
            [
                .. folder
                    .Names()
                    .Where(entry => entry.IsText && !StagedName.Is(entry.Name))
                    .OrderBy(entry => entry.Name, StringComparer.Ordinal)
                    .Select(entry => folder.Look(entry.Name, path.Child(entry.Name)))
                    .OfType<FileFact>(),
            ];
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(path, fault);
        }
    }

    /// <summary>True for what .gitignore or .codexignore leave out (with nested files, as git reads them), and for <c>.git</c>.</summary>
    public bool IsIgnored(WorkspacePath path) => new Walker(jail, new()).IsLeftOut(path);

    /// <summary>Which entries of one folder <see cref="IsIgnored"/> is true for; the ignore files on the way are read once.</summary>
    /// <param name="entries">From <see cref="List"/>.</param>
    public IReadOnlySet<WorkspacePath> Ignored(WorkspacePath folder, IReadOnlyList<FileFact> entries) =>
        new Walker(jail, new()).LeftOut(folder, entries);

    /// <summary>True for what .codexignore leaves out, and for <c>.git</c>: not to be read, whoever asks.</summary>
    public bool IsHidden(WorkspacePath path) => new Walker(jail, new(Git: false)).IsLeftOut(path);

    /// <summary>
    /// Writes all or nothing: checks every expected hash, stages every file beside its target and flushes it, then renames in ordinal order
    /// (creates, updates, deletes) and makes missing folders; a failure undoes what was renamed. Mode bits are kept, a link's target is
    /// written, a hard link is broken.
    /// </summary>
    /// <remarks>Not kept: extended attributes and access lists. The owner is kept where the system lets us.</remarks>
    /// <exception cref="WorkspaceException">conflict, path, kind or io; nothing is changed.</exception>
    public void Apply(IReadOnlyList<FileWrite> writes) => Run(new WritePlan(this).Of(writes));

    /// <summary>For snapshots: does all steps or none, whatever they are.</summary>
    public void Run(IReadOnlyList<BatchStep> steps) => new Batch(jail, AtStep).Run(steps);

    /// <summary>Removes what killed batches left in these folders. A batch that is under way in another process would lose what it has
    /// staged.</summary>
    public void RemoveStaged(IEnumerable<WorkspacePath> folders)
    {
        foreach (var path in folders)
        {
            try
            {
                using var folder = jail.OpenFolder(path, exact: true);
                foreach (var entry in folder.Names().Where(entry => StagedName.Is(entry.Name)))
                {
                    folder.Remove(entry.Name);
                }
            }
            catch (Exception fault) when (Refusal.IsSystem(fault))
            {
                // Not there, or not ours to change: what is left is left out of every walk anyway.
            }
        }
    }

    /// <summary>Whether this user may write the file, or make names in the folder; a missing one says no.</summary>
    public bool MayWrite(WorkspacePath path)
    {
        try
        {
            using var folder = jail.OpenFolder(path.Parent, exact: true);
            return folder.MayWrite(path.IsRoot ? "." : path.Name);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(path, fault);
        }
    }

    /// <summary>SHA-256, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public void Dispose() => jail.Dispose();

    /// <summary>An open regular file, for the snapshots' own reading.</summary>
    public SafeFileHandle OpenHandle(WorkspacePath path)
    {
        try
        {
            return jail.OpenFile(path);
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(path, fault);
        }
    }

    /// <summary>Null: more than <paramref name="most"/>. The size the system tells is not to be trusted: files of /proc say 0, and a file
    /// can grow.</summary>
    private static byte[]? ReadAll(SafeFileHandle file, long most)
    {
        var bytes = new byte[RandomAccess.GetLength(file) + 1];
        var done = 0;
        for (int read; (read = RandomAccess.Read(file, bytes.AsSpan(done), done)) > 0; )
        {
            done += read;
            if (done > most)
            {
                return null;
            }
            if (done == bytes.Length)
            {
                Array.Resize(ref bytes, bytes.Length * 2);
            }
        }
        return bytes[..done];
    }
}

using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Two folders as one: an untouched lower one, and an upper one with what was changed, in the form of Linux's overlayfs. What this shows
/// and writes is what the kernel shows and writes when it mounts the two (<c>userxattr</c>; no redirects, no metacopies), so a command may
/// work on the same folders, at another time. Files of the lower folder are never written, moved or linked.
/// </summary>
internal sealed class LayeredJail : Jail
{
    private const int MostLinks = 40;

    private readonly LinuxJail lower;
    private readonly LinuxJail upper;

    /// <summary>Staged places that stand for a lower file: it stays where it is, and is copied only if it has to come back
    /// elsewhere.</summary>
    private readonly ConcurrentDictionary<WorkspacePath, WorkspacePath> kept = new();

    /// <summary>Both belong to this jail from now on. Without <c>openat2</c> there are no layers.</summary>
    public LayeredJail(Jail lower, Jail upper)
    {
        this.lower = lower as LinuxJail ?? throw new ArgumentException("Layers need a jail of open descriptors.", nameof(lower));
        this.upper = upper as LinuxJail ?? throw new ArgumentException("Layers need a jail of open descriptors.", nameof(upper));
    }

    /// <summary>Null: this system, or a sandbox around us, has no open descriptors to work below.</summary>
    /// <exception cref="DirectoryNotFoundException">One of the folders is not there.</exception>
    public static LayeredJail? TryOpen(string workspace, string upper)
    {
        var (below, above) = (Jail.Open(workspace), Jail.Open(upper));
        if (below is LinuxJail && above is LinuxJail)
        {
            return new(below, above);
        }
        below.Dispose();
        above.Dispose();
        return null;
    }

    public override string Folder => lower.Folder;

    public override JailFolder OpenFolder(WorkspacePath path, bool exact) => exact ? Open(path) : AfterLinks(path, Open);

    public override SafeFileHandle OpenFile(WorkspacePath path) => AfterLinks(path, place =>
        {
            using var folder = Open(place.Parent);
            return folder.OpenFile(place.Name);
        });

    public override WorkspacePath Resolve(WorkspacePath path) => Follow(path.Value);

    public override bool Exists(string word)
    {
        try
        {
            Follow(word);
            return true;
        }
        catch (CallFailed refused)
            when (refused.Error is LinuxCalls.OtherDevice && !PathRules.Here.IsBelow(Path.Join(Folder, word), Folder))
        {
            return base.Exists(word);
        }
        catch (Exception refused) when (Refusal.IsSystem(refused))
        {
            return refused is CallFailed { Error: LinuxCalls.OtherDevice };
        }
    }

    /// <summary>Without links on the way.</summary>
    public LayeredFolder Open(WorkspacePath path)
    {
        string[] parts = path.IsRoot ? [] : path.Value.Split('/');
        var (depth, isCovered) = (0, false);
        SafeFileHandle? reached = null;
        try
        {
            for (; depth < parts.Length && Step(reached ?? upper.Root, parts[depth]) is { } next; depth++)
            {
                reached?.Dispose();
                reached = next;
                isCovered |= LayerMarks.IsOpaque(next);
            }
            if (depth == parts.Length)
            {
                reached ??= LinuxCalls.Open(upper.Root, ".", LinuxCalls.Folder, LinuxFolder.Exact);
                return new(this, path, new LinuxFolder(reached, knowsFlags: true), isCovered ? null : TryOpenBelow(path));
            }
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            reached?.Dispose();
            throw;
        }
        reached?.Dispose();
        if (depth > 0)
        {
            // The upper folder ends here; what it stands on need not be a folder at all.
            using var ground = isCovered ? null : TryOpenBelow(WorkspacePath.OfDisk(string.Join('/', parts[..depth])));
            if (ground is null)
            {
                throw new CallFailed(LinuxCalls.Missing, "openat2");
            }
        }
        return new(this, path, null, OpenBelow(path));
    }

    /// <summary>A folder of the lower layer, whatever the upper one says of it; without links on the way.</summary>
    public LinuxFolder OpenBelow(WorkspacePath path) => (LinuxFolder)lower.OpenFolder(path, exact: true);

    /// <summary>The lower layer alone.</summary>
    public Jail Below => lower;

    /// <summary>What a staged place stands for.</summary>
    public WorkspacePath? KeptAt(WorkspacePath staged) => kept.GetValueOrDefault(staged);

    public void Keep(WorkspacePath staged, WorkspacePath home) => kept[staged] = home;

    public void Forget(WorkspacePath staged) => kept.TryRemove(staged, out _);

    /// <summary>What the upper folder takes of the disk; each entry counts for at least half a kilobyte, as its inode does.</summary>
    /// <param name="most">Once it is this much nothing more is counted.</param>
    public long UpperBytes(long most, CancellationToken cancellationToken)
    {
        var sum = 0L;
        HashSet<ulong> counted = [];
        var rest = new Stack<byte[]>([
            [(byte)'.', 0],
        ]);
        while (sum < most && rest.TryPop(out var path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var folder = LinuxCalls.TryOpenFolder(upper.Root, path);
            if (folder is null)
            {
                continue;
            }
            LinuxFolder.ReadEntries(folder, (name, _) =>
            {
                byte[] ended = [.. name, 0];
                if (!LinuxCalls.TryStat(folder, ended, out var facts))
                {
                    return;
                }
                if (facts.Kind is EntryKind.Folder)
                {
                    rest.Push([.. path.AsSpan(..^1), (byte)'/', .. ended]);
                }
                // Whiteouts are names of one device.
                sum += facts.Kind is EntryKind.Folder || facts.Links == 1 || counted.Add(facts.Inode) ? Math.Max(facts.DiskBytes, 512) : 0;
            });
        }
        return sum;
    }

    public override void Dispose()
    {
        lower.Dispose();
        upper.Dispose();
    }

    private LinuxFolder? TryOpenBelow(WorkspacePath path)
    {
        try
        {
            return OpenBelow(path);
        }
        catch (CallFailed absent) when (absent.Error is LinuxCalls.Missing or LinuxCalls.NotFolder or LinuxCalls.Loop)
        {
            return null;
        }
    }

    /// <returns>Null: the upper layer has nothing of this name.</returns>
    private static SafeFileHandle? Step(SafeFileHandle folder, string name)
    {
        if (!LinuxCalls.TryStat(folder, name, out var facts))
        {
            return null;
        }
        return facts.Kind is EntryKind.Folder
            ? LinuxCalls.Open(folder, name, LinuxCalls.Folder, LinuxFolder.Exact)
            : throw new CallFailed(
                facts.Kind is EntryKind.Link ? LinuxCalls.Loop
                    : LayerMarks.IsWhiteout(folder, name, facts) ? LinuxCalls.Missing
                    : LinuxCalls.NotFolder,
                "openat2"
            );
    }

    /// <summary>Most paths have no links, and are opened at once.</summary>
    private T AfterLinks<T>(WorkspacePath path, Func<WorkspacePath, T> open)
    {
        try
        {
            return open(path);
        }
        catch (CallFailed refused) when (refused.Error is LinuxCalls.Loop)
        {
            return open(Follow(path.Value));
        }
    }

    /// <summary>Name by name, because a link of one layer leads to what the other has.</summary>
    private WorkspacePath Follow(string path)
    {
        var (place, links) = (WorkspacePath.Root, 0);
        var rest = new Stack<string>(path.Split('/').Reverse());
        while (rest.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }
            if (part is "..")
            {
                place = place.IsRoot ? throw new CallFailed(LinuxCalls.OtherDevice, "openat2") : place.Parent;
                continue;
            }
            using var folder = Open(place);
            var next = place.Child(part);
            var fact = folder.Look(part, next) ?? throw new CallFailed(LinuxCalls.Missing, "openat2");
            if (fact.Kind is EntryKind.Link)
            {
                if (++links > MostLinks)
                {
                    throw new CallFailed(LinuxCalls.Loop, "openat2");
                }
                foreach (var step in Relative(fact.LinkTarget!).Split('/').Reverse())
                {
                    rest.Push(step);
                }
            }
            else if (rest.Count > 0 && fact.Kind is not EntryKind.Folder)
            {
                throw new CallFailed(LinuxCalls.NotFolder, "openat2");
            }
            else
            {
                place = next;
            }
        }
        return place;
    }

    private static string Relative(string target) =>
        target.StartsWith('/') ? throw new CallFailed(LinuxCalls.OtherDevice, "openat2") : target;
}

using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>One folder of a <see cref="LayeredJail"/>.</summary>
/// <param name="upper">Null: the upper layer has nothing here yet.</param>
/// <param name="lower">Null: nothing of the lower layer shows here.</param>
internal sealed partial class LayeredFolder(LayeredJail jail, WorkspacePath path, LinuxFolder? upper, LinuxFolder? lower) : JailFolder
{
    private LinuxFolder? upper = upper;

    public LinuxFolder? Upper => upper;

    public LinuxFolder? Lower => lower;

    public override IReadOnlyList<FolderEntry> Names()
    {
        if (upper is null)
        {
            var below = lower!.Names();
            return below.All(entry => entry.Kind is not EntryKind.Special)
                ? below
                : [.. below.Where(entry => !entry.IsText || LayerMarks.IsBelow(lower, entry.Name))];
        }
        List<FolderEntry> names = [];
        HashSet<string> taken = new(StringComparer.Ordinal);
        LayerMarks.Read(upper, (name, entry, isWhiteout) =>
        {
            if (!isWhiteout)
            {
                names.Add(entry);
            }
            if (lower is not null)
            {
                taken.Add(LayerMarks.Key(name, entry));
            }
        });
        if (lower is { } ground)
        {
            LinuxFolder.ReadEntries(ground.Handle, (name, type) =>
            {
                var entry = ground.Entry(name, type);
                if (
                    !taken.Contains(LayerMarks.Key(name, entry))
                    && (entry is { Kind: not EntryKind.Special } or { IsText: false } || LayerMarks.IsBelow(ground, entry.Name))
                )
                {
                    names.Add(entry);
                }
            });
        }
        return names;
    }

    public override FileFact? Look(string name, WorkspacePath path)
    {
        if (KeptAt(name) is { } home)
        {
            return LookAt(home, path);
        }
        if (upper is not null && LinuxCalls.TryStat(upper.Handle, name, out var facts))
        {
            return LayerMarks.IsWhiteout(upper.Handle, name, facts) ? null : upper.Look(name, path);
        }
        return lower is null ? null : LayerMarks.LookBelow(lower, name, path);
    }

    public override SafeFileHandle OpenFile(string name)
    {
        if (KeptAt(name) is { } home)
        {
            using var below = jail.OpenBelow(home.Parent);
            return below.OpenFile(home.Name);
        }
        return Shown(name).OpenFile(name);
    }

    public override bool MayWrite(string name) => LayerOf(name)?.MayWrite(name) ?? false;

    public override void Flush() => upper?.Flush();

    public override void Dispose()
    {
        upper?.Dispose();
        lower?.Dispose();
    }

    private WorkspacePath PathOf(string name) => path.Child(name);

    private WorkspacePath? KeptAt(string name) => StagedName.Is(name) ? jail.KeptAt(PathOf(name)) : null;

    private FileFact? LookAt(WorkspacePath home, WorkspacePath path)
    {
        try
        {
            using var below = jail.OpenBelow(home.Parent);
            return below.Look(home.Name, path);
        }
        catch (CallFailed absent) when (absent.Error is LinuxCalls.Missing or LinuxCalls.NotFolder or LinuxCalls.Loop)
        {
            return null;
        }
    }

    /// <summary>The layer whose entry shows; null: nothing does.</summary>
    private LinuxFolder? LayerOf(string name)
    {
        if (upper is not null && LinuxCalls.TryStat(upper.Handle, name, out var facts))
        {
            return LayerMarks.IsWhiteout(upper.Handle, name, facts) ? null : upper;
        }
        return IsBelow(name) ? lower : null;
    }

    private LinuxFolder Shown(string name) => LayerOf(name) ?? throw new CallFailed(LinuxCalls.Missing, "statx");

    private bool IsBelow(string name) => lower is not null && LayerMarks.IsBelow(lower, name);
}

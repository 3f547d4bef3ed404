namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// What really differs between the lower layer and what shows: content, mode, kind or target of a link; not times, not owners. It costs by
/// the size of the upper layer; of the lower one only what was removed or replaced is read.
/// </summary>
/// <remarks>Left out are <c>.git</c> anywhere, and what the ignore files that show now leave out. Of what is gone also what the ignore
/// files of the lower layer did: with a folder its own ignore file goes, and what that had kept out is still nobody's work.</remarks>
internal sealed class LayerDifference
{
    private readonly LayeredJail jail;
    private readonly Action<string>? skipped;

    private LayerDifference(LayeredJail jail, Action<string>? skipped) => (this.jail, this.skipped) = (jail, skipped);

    /// <summary>In ordinal order of the paths. A file that became a folder is told as removed, with the files in the folder after it; and
    /// the other way round.</summary>
    /// <param name="skipped">Called with the path of a folder that cannot be read, or of a name that is no valid UTF-8.</param>
    public static IEnumerable<LayerChange> Of(LayeredJail jail, Action<string>? skipped, CancellationToken cancellationToken) =>
        new LayerDifference(jail, skipped).Walk(cancellationToken);

    private IEnumerable<LayerChange> Walk(CancellationToken cancellationToken)
    {
        var open = new Stack<(List<Item> Items, int Next)>();
        open.Push((Look(new(WorkspacePath.Root, true, true, IgnoreRules.Of(jail), IgnoreRules.Of(jail.Below))), 0));
        while (open.TryPop(out var level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (level.Next == level.Items.Count)
            {
                continue;
            }
            open.Push((level.Items, level.Next + 1));
            var item = level.Items[level.Next];
            if (item.Change is { } change)
            {
                yield return change;
            }
            if (item.Inside is { } inside)
            {
                open.Push((Look(inside), 0));
            }
        }
    }

    private List<Item> Look(Place at)
    {
        List<Item> items = [];
        try
        {
            using var after = at.IsAfter ? jail.Open(at.Path) : null;
            using var before = at.IsBefore ? jail.OpenBelow(at.Path) : null;
            string[] parts = at.Path.IsRoot ? [""] : [.. at.Path.Value.Split('/'), ""];
            var rules = at with
            {
                Rules = after is null ? at.Rules : at.Rules.Enter(after, parts.Length - 1),
                RulesBefore = before is null ? at.RulesBefore : at.RulesBefore?.Enter(before, parts.Length - 1),
            };
            foreach (var name in Names(at.Path, after, before))
            {
                parts[^1] = name;
                items.AddRange(Compare(rules, parts, after, before));
            }
        }
        catch (Exception unreadable) when (Refusal.IsSystem(unreadable))
        {
            skipped?.Invoke(at.Path.Value);
        }
        items.Sort((one, other) => string.CompareOrdinal(one.Order, other.Order));
        return items;
    }

    /// <summary>What may differ: where both layers show, only what the upper one speaks of.</summary>
    private HashSet<string> Names(WorkspacePath path, LayeredFolder? after, LinuxFolder? before)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        void Add(FolderEntry entry)
        {
            if (!entry.IsText)
            {
                skipped?.Invoke(path.Child(entry.Name).Value);
            }
            else if (entry.Name != ".git" && !StagedName.Is(entry.Name))
            {
                names.Add(entry.Name);
            }
        }
        if (after?.Upper is { } upper)
        {
            LayerMarks.Read(upper, (_, entry, _) => Add(entry));
        }
        if (after?.Lower is null)
        {
            before?.Names().ToList().ForEach(Add);
        }
        return names;
    }

    /// <returns>At most two: what is no folder, before or after, and what lies in one.</returns>
    private static IEnumerable<Item> Compare(Place at, string[] parts, LayeredFolder? after, LinuxFolder? before)
    {
        var name = parts[^1];
        var path = at.Path.Child(name);
        var then = before is null ? null : LayerMarks.LookBelow(before, name, path);
        var now = after?.Look(name, path);
        var (old, young) = (then?.Kind is EntryKind.Folder ? null : then, now?.Kind is EntryKind.Folder ? null : now);
        if (
            (old ?? young) is not null
            && !IsLeftOut(at.Rules, parts, isFolder: false)
            && (young is not null || !IsLeftOut(at.RulesBefore, parts, isFolder: false))
            && (old is null || young is null || Differ(before!, after!, old, young))
        )
        {
            yield return new(name, new(path, old, young), null);
        }
        var (wasFolder, isFolder) = (then?.Kind is EntryKind.Folder, now?.Kind is EntryKind.Folder);
        if ((wasFolder || isFolder) && !IsLeftOut(at.Rules, parts, isFolder: true))
        {
            var wasLeftOut = IsLeftOut(at.RulesBefore, parts, isFolder: true);
            if (isFolder || !wasLeftOut)
            {
                yield return new(name + "/", null, new(path, wasFolder, isFolder, at.Rules, wasLeftOut ? null : at.RulesBefore));
            }
        }
    }

    private static bool IsLeftOut(IgnoreRules? rules, string[] parts, bool isFolder) =>
        rules is null || rules.IsIgnored(parts, isFolder) || rules.IsHidden(parts, isFolder);

    private static bool Differ(LinuxFolder before, LayeredFolder after, FileFact old, FileFact young)
    {
        if ((old.Kind, old.LinkTarget) != (young.Kind, young.LinkTarget))
        {
            return true;
        }
        return old.Kind switch
        {
            EntryKind.Link => false,
            EntryKind.File => (old.Mode, old.Size) != (young.Mode, young.Size) || HaveOtherBytes(before, after, young.Path.Name),
            _ => !AreAlike(before, after, young.Path.Name),
        };
    }

    private static bool AreAlike(LinuxFolder before, LayeredFolder after, string name) =>
        after.Upper is { } upper
        && LinuxCalls.TryStat(before.Handle, name, out var old)
        && LinuxCalls.TryStat(upper.Handle, name, out var young)
        && old.IsLike(young)
        // A link whose target is no UTF-8 is a special entry here, and cannot be compared.
        && old.Kind is not EntryKind.Link;

    private static bool HaveOtherBytes(LinuxFolder before, LayeredFolder after, string name)
    {
        try
        {
            using var old = new FileStream(before.OpenFile(name), FileAccess.Read, bufferSize: 0);
            using var young = new FileStream(after.OpenFile(name), FileAccess.Read, bufferSize: 0);
            var (one, other) = (new byte[1 << 16], new byte[1 << 16]);
            while (true)
            {
                var read = old.ReadAtLeast(one, one.Length, throwOnEndOfStream: false);
                if (read != young.ReadAtLeast(other, other.Length, throwOnEndOfStream: false))
                {
                    return true;
                }
                if (!one.AsSpan(0, read).SequenceEqual(other.AsSpan(0, read)))
                {
                    return true;
                }
                if (read < one.Length)
                {
                    return false;
                }
            }
        }
        catch (Exception unreadable) when (Refusal.IsSystem(unreadable))
        {
            return true; // nobody can say that it is the same
        }
    }

    /// <param name="Order">A folder counts as if its name ended in <c>/</c>, so that paths come in their order.</param>
    private sealed record Item(string Order, LayerChange? Change, Place? Inside);

    /// <summary>A folder of one or both sides.</summary>
    /// <param name="Rules">What shows is left out by these.</param>
    /// <param name="RulesBefore">And what is gone also by these; null: by a folder above.</param>
    private sealed record Place(WorkspacePath Path, bool IsBefore, bool IsAfter, IgnoreRules Rules, IgnoreRules? RulesBefore);
}

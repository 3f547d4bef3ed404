namespace CodexSidecar.Engine.Workspace;

/// <summary>What a walk is to leave out, and whom it tells of what it could not look at.</summary>
/// <param name="Git">Leave out what .gitignore does.</param>
/// <param name="Codex">Leave out what .codexignore does. A snapshot does not: what is hidden from the model can be put back too.</param>
/// <param name="LeftOut">Called with the path of what an ignore file leaves out; not with what is below it, and not with
/// <c>.git</c>.</param>
/// <param name="NamesOnly">Of a file or link nothing but path and kind is wanted: the rest of its facts is empty, which spares a call for
/// each.</param>
/// <param name="Skipped">Called with the path of a folder that cannot be read, or of a name that is no valid UTF-8.</param>
internal sealed record WalkOptions(
    bool Git = true,
    bool Codex = true,
    Action<string>? Skipped = null,
    Action<WorkspacePath>? LeftOut = null,
    bool NamesOnly = false
);

/// <summary>
/// Goes through the folders below one, without ever following a link, so that a circle is impossible. At any time at most one folder is
/// open, and it was
/// opened without a link on the way.
/// </summary>
internal sealed class Walker(Jail jail, WalkOptions options)
{
    /// <summary>Folders too, before what is in them; in ordinal order of the paths (a folder counts as if its path ended in
    /// <c>/</c>).</summary>
    public IEnumerable<FileFact> Walk(WorkspacePath start, CancellationToken cancellationToken)
    {
        if (RulesAbove(start) is not { } rules)
        {
            yield break;
        }
        var open = new Stack<Level>();
        open.Push(Look(start, rules));
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var level = open.Peek();
            if (level.Next == level.Entries.Count)
            {
                open.Pop();
                continue;
            }
            var entry = level.Entries[level.Next++];
            yield return entry;
            if (entry.Kind is EntryKind.Folder)
            {
                open.Push(Look(entry.Path, level.Rules));
            }
        }
    }

    /// <summary>As a walk decides, with every folder on the way.</summary>
    public bool IsLeftOut(WorkspacePath path)
    {
        if (RulesAbove(path.Parent) is not { } above)
        {
            return true;
        }
        try
        {
            using var folder = jail.OpenFolder(path.Parent, exact: false);
            var parts = PartsOf(path);
            return !path.IsRoot
                && IsLeftOut(above.Enter(folder, parts.Length - 1), parts, folder.Look(path.Name, path)?.Kind is EntryKind.Folder);
        }
        catch (Exception absent) when (Refusal.IsSystem(absent))
        {
            return !path.IsRoot && IsLeftOut(above, PartsOf(path), isFolder: false);
        }
    }

    /// <summary>The same for entries of one folder, with one look at the rules.</summary>
    public HashSet<WorkspacePath> LeftOut(WorkspacePath path, IReadOnlyList<FileFact> entries)
    {
        if (RulesAbove(path) is not { } above)
        {
            return [.. entries.Select(entry => entry.Path)];
        }
        var (rules, parts) = (above, PartsOf(path));
        TryEnter(path, ref rules, parts.Length);
        return
        [
            .. entries
                .Where(entry => IsLeftOut(rules, [.. parts, entry.Path.Name], entry.Kind is EntryKind.Folder))
                .Select(entry => entry.Path),
        ];
    }

    /// <summary>Null: one of the folders on the way is left out. Without the folder's own files.</summary>
    private IgnoreRules? RulesAbove(WorkspacePath path)
    {
        var rules = IgnoreRules.Of(jail);
        var parts = PartsOf(path);
        var folder = WorkspacePath.Root;
        for (var depth = 0; depth < parts.Length; depth++)
        {
            if (TryEnter(folder, ref rules, depth) is false)
            {
                return rules;
            }
            if (IsLeftOut(rules, parts.AsSpan(0, depth + 1), isFolder: true))
            {
                return null;
            }
            folder = folder.Child(parts[depth]);
        }
        return rules;
    }

    private bool TryEnter(WorkspacePath path, ref IgnoreRules rules, int depth)
    {
        try
        {
            using var folder = jail.OpenFolder(path, exact: false);
            rules = rules.Enter(folder, depth);
            return true;
        }
        catch (Exception absent) when (Refusal.IsSystem(absent))
        {
            return false;
        }
    }

    private Level Look(WorkspacePath path, IgnoreRules above)
    {
        try
        {
            using var folder = jail.OpenFolder(path, exact: true);
            return Look(path, folder, above);
        }
        catch (Exception unreadable) when (Refusal.IsSystem(unreadable))
        {
            options.Skipped?.Invoke(path.Value);
            return new(above, []);
        }
    }

    private Level Look(WorkspacePath path, JailFolder folder, IgnoreRules above)
    {
        string[] parts = [.. PartsOf(path), ""];
        var rules = above.Enter(folder, parts.Length - 1);
        List<FileFact> entries = [];
        foreach (var (name, kind, isText) in folder.Names())
        {
            parts[^1] = name;
            if (StagedName.Is(name) || name == ".git")
            {
                continue;
            }
            if (IsLeftOut(rules, parts, kind is EntryKind.Folder))
            {
                options.LeftOut?.Invoke(path.Child(name));
            }
            else if (!isText)
            {
                options.Skipped?.Invoke(path.Child(name).Value);
            }
            else if (Fact(folder, path.Child(name), kind) is { } fact)
            {
                entries.Add(fact);
            }
        }
        entries.Sort((one, other) => string.CompareOrdinal(OrderOf(one), OrderOf(other)));
        return new(rules, entries);
    }

    private FileFact? Fact(JailFolder folder, WorkspacePath path, EntryKind kind) =>
        options.NamesOnly && kind is not EntryKind.Special
            ? new(path, kind, 0, default, default, "", default)
            : folder.Look(path.Name, path);

    private bool IsLeftOut(IgnoreRules rules, ReadOnlySpan<string> parts, bool isFolder) =>
        parts[^1] == ".git" || (options.Git && rules.IsIgnored(parts, isFolder)) || (options.Codex && rules.IsHidden(parts, isFolder));

    private static string OrderOf(FileFact entry) => entry.Kind is EntryKind.Folder ? entry.Path.Name + "/" : entry.Path.Name;

    private static string[] PartsOf(WorkspacePath path) => path.IsRoot ? [] : path.Value.Split('/');

    private sealed record Level(IgnoreRules Rules, List<FileFact> Entries)
    {
        public int Next { get; set; }
    }
}

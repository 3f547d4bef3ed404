using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>The workspace as the plan so far leaves it, and the files the current reply touches.</summary>
internal sealed class DraftSet
{
    private const int MostLines = 200_000,
        LongestLine = 1_000_000;

    private readonly PatchBase workspace;
    private readonly PatchPlan staged;
    private readonly PlanOptions options;
    private readonly Dictionary<string, DiskChange> changes;
    private readonly Dictionary<string, Draft> drafts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileVersion?> disk = new(StringComparer.Ordinal);

    public DraftSet(PatchBase workspace, PatchPlan staged, PlanOptions options)
    {
        (this.workspace, this.staged, this.options) = (workspace, staged, options);
        changes = staged.Changes.ToDictionary(change => change.Path, StringComparer.Ordinal);
        Lookup = new PathLookup(
            workspace
                .Paths.Where(path => !changes.TryGetValue(path, out var change) || change.After is not null)
                .Concat(staged.Changes.Where(change => change.After is not null).Select(change => change.Path))
        );
    }

    public PathLookup Lookup { get; }

    public IEnumerable<Draft> Drafts => drafts.Values;

    /// <summary>The text at a path before this reply; null: there is none.</summary>
    /// <exception cref="RefusedException">kind, size, path or what the workspace says.</exception>
    public FileText? Text(string path) => changes.TryGetValue(path, out var change) ? change.After?.Text : Disk(path)?.Text;

    /// <summary>The file a block means by this path: as it was before the reply, or made by it.</summary>
    public Draft? Draft(string path)
    {
        if (drafts.TryGetValue(path, out var draft))
        {
            return draft;
        }
        if (Text(path) is { } text)
        {
            return drafts[path] = new Draft(path, text);
        }
        if (drafts.Values.FirstOrDefault(other => other.Move?.To == path) is { } moved)
        {
            return moved;
        }
        // Sent again with the name it had before an earlier reply moved it.
        var now = staged.Moves.FirstOrDefault(move => move.Value == path).Key;
        return now is not null && Text(now) is not null ? Draft(now) : null;
    }

    public string? CreatedInOtherCase(string path) =>
        drafts
            .Values.FirstOrDefault(draft =>
                draft.Start is null
                && draft.Text is not null
                && draft.Path != path
                && draft.Path.Equals(path, StringComparison.OrdinalIgnoreCase)
            )
            ?.Path;

    public Draft Create(string path) => drafts[path] = new Draft(path, null);

    /// <exception cref="RefusedException">size, kind or encoding of the new text.</exception>
    public FileVersion Version(string path, FileText text)
    {
        CheckLines(path, text);
        var version = FileVersion.Of(path, text);
        CheckSize(path, version.Bytes.Length, "would become");
        return version;
    }

    /// <summary>The plan with this reply's files in it.</summary>
    public PatchPlan Finish()
    {
        var after = changes.ToDictionary(change => change.Key, change => change.Value.After, StringComparer.Ordinal);
        var moves = staged.Moves.ToDictionary(StringComparer.Ordinal);
        foreach (var draft in drafts.Values.Where(draft => draft.Start is not null))
        {
            after[draft.Path] = null;
        }
        foreach (var draft in drafts.Values.Where(draft => draft.Text is not null))
        {
            var path = draft.Move?.To ?? draft.Path;
            after[path] = ReferenceEquals(draft.Text, draft.Start) && Version(draft.Path) is { } same ? same : Version(path, draft.Text!);
            if (path != draft.Path)
            {
                moves[path] = staged.Moves.GetValueOrDefault(draft.Path, draft.Path);
            }
        }
        return new PatchPlan(after.Select(one => new DiskChange(one.Key, Before(one.Key), one.Value)), moves);
    }

    public FileHabits Habits(string path) => workspace.Texts.Habits(path);

    private FileVersion? Version(string path) => changes.TryGetValue(path, out var change) ? change.After : Disk(path);

    private FileVersion? Before(string path) => changes.TryGetValue(path, out var change) ? change.Before : Disk(path);

    private FileVersion? Disk(string path)
    {
        if (disk.TryGetValue(path, out var version))
        {
            return version;
        }
        try
        {
            var bytes = workspace.Read(path);
            return disk[path] = bytes is null ? null : Read(path, bytes);
        }
        catch (WorkspaceException refused) when (refused.Code == "missing")
        {
            return disk[path] = null;
        }
        catch (WorkspaceException refused)
        {
            throw new RefusedException(refused.Code, refused.Message);
        }
    }

    private FileVersion Read(string path, byte[] bytes)
    {
        CheckSize(path, bytes.Length, "has");
        var text = workspace.Texts.Read(path, bytes);
        CheckLines(path, text);
        return new FileVersion(bytes, text);
    }

    private void CheckSize(string path, int bytes, string what)
    {
        if (bytes > options.MostBytes)
        {
            throw new RefusedException(
                "size",
                $"{path} {what} {bytes} bytes; files above {options.MostBytes} bytes are not changed by a patch."
            );
        }
    }

    private static void CheckLines(string path, FileText text)
    {
        if (text.Lines.Count > MostLines || text.Lines.Any(line => line.Text.Length > LongestLine))
        {
            throw new RefusedException(
                "size",
                $"{path} has more than {MostLines} lines or a line of more than {LongestLine} characters; it is not changed by a patch."
            );
        }
    }
}

using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>The files a revision is about: their texts as they are now, what becomes of them in memory, and the writes that come of
/// it.</summary>
/// <param name="before">The run's own snapshot: how a file was written that is not there now.</param>
internal sealed class RevisedFiles(WorkspaceRoot root, Snapshot? before, IReadOnlyList<ChangedPath> changes)
{
    private const long MostBytes = 1 << 20;
    private readonly SortedDictionary<string, FileOnDisk> files = new(StringComparer.Ordinal);
    private readonly TextFiles texts = FileActions.Texts(root);

    /// <summary>Lines end with LF where the file's end with CR, as clients are shown them. Null: no file.</summary>
    /// <exception cref="WorkspaceException">It cannot be read.</exception>
    /// <exception cref="RefusedException">It is no text.</exception>
    public string? Now(string path) => Of(path).Now;

    public void Set(string path, string? text) => files[path] = Of(path) with { Now = text };

    /// <summary>What has to be written, all or nothing.</summary>
    public IReadOnlyList<FileWrite> Writes() =>
        [
            .. files
                .Where(file => file.Value.Now != file.Value.Was)
                .Select(file => new FileWrite(
                    WorkspacePath.OfDisk(file.Key),
                    file.Value.Bytes is null ? null : WorkspaceRoot.Hash(file.Value.Bytes),
                    file.Value.Now is { } text ? Bytes(file.Key, file.Value, text) : null
                )),
        ];

    private FileOnDisk Of(string path)
    {
        if (files.TryGetValue(path, out var known))
        {
            return known;
        }
        var place = WorkspacePath.OfDisk(path);
        var bytes = root.Look(place) is null ? null : root.Read(place, MostBytes);
        var text = bytes is null ? null : texts.Read(path, bytes);
        var shown = text is null ? null : LineText.Join(text.Lines.Select(line => line.End == "\r" ? line with { End = "\n" } : line));
        return files[path] = new(bytes, text, shown, shown);
    }

    private byte[] Bytes(string path, FileOnDisk file, string text)
    {
        var like = file.Text;
        if (
            like is null
            && PathStates.Names(root, WorkspacePath.OfDisk(path)).Select(name => name.Value).ToList() is var names
            && changes.FirstOrDefault(change => names.Contains(change.Path)) is { } change
            && before?.Content(change.Path, change.Before) is { } old
        )
        {
            like = texts.Read(path, old);
        }
        like ??= texts.New(path);
        var isOldMac = like.Lines.Count > 0 && like.Lines[0].End == "\r";
        var lines = LineText.Split(text).Select(line => isOldMac && line.End == "\n" ? line with { End = "\r" } : line);
        return (like with { Lines = [.. lines] }).ToBytes(path);
    }

    /// <param name="Was">The text on disk.</param>
    private sealed record FileOnDisk(byte[]? Bytes, FileText? Text, string? Was, string? Now);
}

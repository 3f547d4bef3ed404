using System.Text.Json;
using CodexSidecar.Engine.Audit;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>What a snapshot holds, as lines of JSON: a head, one line a path, and what was kept later at the end.</summary>
internal sealed class Manifest
{
    private readonly Dictionary<string, ManifestEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, string State), ManifestEntry> versions = [];
    private readonly HashSet<string> leftOut = new(StringComparer.Ordinal);
    private readonly string file;

    private Manifest(string file, ManifestHead head) => (this.file, Head) = (file, head);

    public ManifestHead Head { get; }

    /// <summary>Of the moment of the snapshot, and what was kept since.</summary>
    public IReadOnlyDictionary<string, ManifestEntry> Entries => entries;

    public IEnumerable<string> States =>
        entries
            .Values.Concat(versions.Values)
            .Where(entry => entry.Held is EntryState.File or EntryState.Version)
            .Select(entry => entry.State!);

    /// <summary>Null: there is none, or not a whole one.</summary>
    public static Manifest? Read(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }
        var rest = File.ReadAllBytes(file).AsSpan();
        Manifest? manifest = null;
        // A kill can leave half a line at the end; nobody has relied on it.
        for (int length; (length = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(length + 1)..])
        {
            if (manifest is null)
            {
                manifest = new(file, JsonSerializer.Deserialize(rest[..length], SnapshotJson.Default.ManifestHead)!);
            }
            else
            {
                manifest.Add(JsonSerializer.Deserialize(rest[..length], SnapshotJson.Default.ManifestEntry)!);
            }
        }
        return manifest;
    }

    /// <summary>On disk under its name when it returns, or not at all.</summary>
    public static Manifest Write(string file, ManifestHead head, IEnumerable<ManifestEntry> lines)
    {
        var manifest = new Manifest(file, head);
        var temporary = $"{file}.{Guid.NewGuid():n}.tmp";
        using (var stream = StoreFile.Create(temporary, buffer: 64 * 1024))
        {
            stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(head, SnapshotJson.Default.ManifestHead), (byte)'\n']);
            foreach (var entry in lines)
            {
                manifest.Add(entry);
                WriteLine(stream, entry);
            }
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file);
        StoreFile.FlushFolder(Path.GetDirectoryName(file)!);
        return manifest;
    }

    /// <summary>On disk when it returns.</summary>
    public void Append(IReadOnlyList<ManifestEntry> lines)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.SetLength(AuditTail.EndOfLastLine(stream));
        stream.Seek(0, SeekOrigin.End);
        foreach (var entry in lines)
        {
            Add(entry);
            WriteLine(stream, entry);
        }
        stream.Flush(flushToDisk: true);
    }

    public ManifestEntry? Find(string path) => entries.GetValueOrDefault(path);

    /// <summary>What the path held when its state was this: at the moment of the snapshot, or later.</summary>
    public ManifestEntry? Find(string path, string? state) =>
        entries.GetValueOrDefault(path) is { } entry && entry.State == state ? entry : versions.GetValueOrDefault((path, state ?? ""));

    /// <summary>Of a walk through the workspace, not only of what was kept.</summary>
    public bool IsWhole => !leftOut.Contains("");

    /// <summary>An ignore file left the path or a folder above it out, so that nothing is known of it.</summary>
    public bool IsLeftOut(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (leftOut.Contains(path[..end]))
            {
                return true;
            }
        }
        return !IsWhole;
    }

    private static void WriteLine(FileStream stream, ManifestEntry entry)
    {
        JsonSerializer.Serialize(stream, entry, SnapshotJson.Default.ManifestEntry);
        stream.WriteByte((byte)'\n');
    }

    private void Add(ManifestEntry entry)
    {
        switch (entry.Held)
        {
            case EntryState.LeftOut:
                leftOut.Add(entry.Path);
                break;
            case EntryState.Version:
                versions[(entry.Path, entry.State!)] = entry;
                break;
            default:
                entries[entry.Path] = entry;
                break;
        }
    }
}

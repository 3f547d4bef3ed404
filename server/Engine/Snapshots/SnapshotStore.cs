using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>
/// Snapshots and the contents they need, in the state folder; the same content is stored once. Everybody who reads or adds holds the
/// store's lock with others, and who
/// cleans holds it alone; the system lets go of it when a process dies.
/// </summary>
internal sealed class SnapshotStore(string folder, TimeProvider time)
{
    private static readonly TimeSpan LongestClean = TimeSpan.FromSeconds(60);

    public BlobStore Blobs { get; } = new(Path.Join(folder, "blobs"));

    private string Manifests => Path.Join(folder, "manifests");

    /// <summary>Reads the walk and stores what is new; durable when it completes.</summary>
    /// <exception cref="IOException">The store cannot be written (a full disk).</exception>
    public Task<Snapshot> TakeAsync(WorkspaceRoot root, CancellationToken cancellationToken) =>
        Task.Run(() => Take(root, cancellationToken), cancellationToken);

    /// <summary>One that holds nothing yet but what is kept by <see cref="Snapshot.Keep"/>: of the rest nobody has looked at
    /// anything.</summary>
    /// <exception cref="IOException">The store cannot be written (a full disk).</exception>
    public Snapshot Begin(WorkspaceRoot root)
    {
        using var access = Use(CancellationToken.None);
        return Write(root, [new("", EntryState.LeftOut)]);
    }

    /// <summary>Null: it is not (or no longer) in the store.</summary>
    public Snapshot? Open(string snapshotId, WorkspaceRoot root)
    {
        if (snapshotId.Length == 0 || !snapshotId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            return null;
        }
        using var access = Use(CancellationToken.None);
        return Manifest.Read(FileOf(snapshotId, root)) is { } manifest ? new(this, root, manifest) : null;
    }

    /// <summary>True while it is in the store; cheaper than opening it.</summary>
    public bool Has(string snapshotId, WorkspaceRoot root) => File.Exists(FileOf(Path.GetFileName(snapshotId), root));

    /// <summary>Forgets these snapshots; their contents go with the next <see cref="Clean"/>.</summary>
    public void Delete(IEnumerable<string> snapshotIds)
    {
        using var access = Use(CancellationToken.None);
        foreach (
            var file in snapshotIds.SelectMany(id =>
                Directory.Exists(Manifests)
                    ? Directory.EnumerateFiles(Manifests, $"{Path.GetFileName(id)}.jsonl", SearchOption.AllDirectories).ToList()
                    : []
            )
        )
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Drops the oldest snapshots until the store is below the limit; contents no snapshot names go. Does nothing while anybody else uses
    /// the store: there is a next time.
    /// </summary>
    /// <param name="keep">Snapshots of runs that are not finished; they stay, whatever the limit. Only asked when something has to
    /// go.</param>
    public void Clean(long mostBytes, Func<IReadOnlyCollection<string>>? keep = null)
    {
        using var alone = TryLock(FileAccess.ReadWrite, FileShare.None);
        if (alone is not null)
        {
            new StoreCleaner(Manifests, Blobs).Clean(mostBytes, keep ?? (() => []));
        }
    }

    /// <summary>The right to use the store; a cleaning waits until it is given back.</summary>
    public IDisposable Use(CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); ; cancellationToken.WaitHandle.WaitOne(10))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryLock(FileAccess.Read, FileShare.Read) is { } held)
            {
                return held;
            }
            if (time.GetElapsedTime(start) > LongestClean)
            {
                throw new IOException($"The snapshot store {folder} is locked by another process.");
            }
        }
    }

    private Snapshot Take(WorkspaceRoot root, CancellationToken cancellationToken)
    {
        using var access = Use(cancellationToken);
        var lines = new SnapshotTaker(root, Blobs, Latest(root)).Lines(NowOfDisk(), cancellationToken);
        Blobs.Flush();
        return Write(root, lines);
    }

    private Snapshot Write(WorkspaceRoot root, IReadOnlyList<ManifestEntry> lines)
    {
        var id = $"{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{Guid.NewGuid().ToString("n")[..8]}";
        var file = FileOf(id, root);
        StoreFile.CreateFolder(Path.GetDirectoryName(file)!);
        return new(this, root, Manifest.Write(file, new(id, root.Folder, time.GetUtcNow()), lines));
    }

    private string FileOf(string id, WorkspaceRoot root) =>
        Path.Join(Manifests, WorkspaceRoot.Hash(System.Text.Encoding.UTF8.GetBytes(root.Folder))[..16], id + ".jsonl");

    /// <summary>Whose stamps say what need not be read again.</summary>
    private Manifest? Latest(WorkspaceRoot root) =>
        Directory.Exists(Path.GetDirectoryName(FileOf("x", root)))
            ? Directory
                .EnumerateFiles(Path.GetDirectoryName(FileOf("x", root))!, "*.jsonl")
                .OrderDescending(StringComparer.Ordinal)
                .Select(Manifest.Read)
                .FirstOrDefault(manifest => manifest is { IsWhole: true })
            : null;

    /// <summary>By the clock that stamps files, which is not ours in every container and on every network disk.</summary>
    private DateTimeOffset NowOfDisk()
    {
        var probe = Path.Join(folder, $"{Guid.NewGuid():n}.tmp");
        StoreFile.Create(probe).Dispose();
        var now = new DateTimeOffset(File.GetLastWriteTimeUtc(probe));
        File.Delete(probe);
        return now;
    }

    private FileStream? TryLock(FileAccess access, FileShare share)
    {
        StoreFile.CreateFolder(folder);
        try
        {
            return new(Path.Join(folder, "lock"), FileMode.OpenOrCreate, access, share);
        }
        catch (IOException held) when (DiskFault.IsHeld(held))
        {
            return null;
        }
    }
}

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Makes the store smaller. Only with the store's lock held alone.</summary>
internal sealed class StoreCleaner(string manifests, BlobStore blobs)
{
    public void Clean(long mostBytes, Func<IReadOnlyCollection<string>> keep)
    {
        var snapshots = Directory.Exists(manifests)
            ? new DirectoryInfo(manifests)
                .EnumerateFiles("*.jsonl", SearchOption.AllDirectories)
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => (File: file, States: StatesOf(file)))
                .ToList()
            : [];
        DropHalf();
        var names = snapshots.SelectMany(snapshot => snapshot.States).CountBy(state => state).ToDictionary();
        var sizes = DropUnnamed(names);
        var bytes = sizes.Values.Sum() + snapshots.Sum(snapshot => snapshot.File.Length);
        if (bytes <= mostBytes)
        {
            return;
        }
        var kept = keep();
        foreach (var (file, states) in snapshots.Where(snapshot => !kept.Contains(Path.GetFileNameWithoutExtension(snapshot.File.Name))))
        {
            if (bytes <= mostBytes)
            {
                break;
            }
            bytes -= file.Length;
            file.Delete(); // first, so that a kill leaves contents without a name and never a name without its content
            foreach (var state in states.Where(state => --names[state] == 0 && sizes.ContainsKey(state)))
            {
                blobs.Delete(state);
                bytes -= sizes[state];
            }
        }
    }

    /// <summary>Manifests that were being written when the process was killed.</summary>
    private void DropHalf()
    {
        if (Directory.Exists(manifests))
        {
            new DirectoryInfo(manifests).EnumerateFiles("*.tmp", SearchOption.AllDirectories).ToList().ForEach(file => file.Delete());
        }
    }

    /// <returns>The sizes of what stays.</returns>
    private Dictionary<string, long> DropUnnamed(Dictionary<string, int> names)
    {
        var sizes = new Dictionary<string, long>();
        foreach (var file in blobs.Files.ToList())
        {
            var hash = file.Directory!.Name + file.Name;
            if (names.ContainsKey(hash))
            {
                sizes[hash] = file.Length;
            }
            else
            {
                file.Delete();
            }
        }
        return sizes;
    }

    private static HashSet<string> StatesOf(FileInfo file) => [.. Manifest.Read(file.FullName)?.States ?? []];
}

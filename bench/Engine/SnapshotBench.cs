using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Bench;

/// <summary>
/// A run's snapshot and its way back against what the git program offers for the same: saving the tree is <c>git add -A</c> and
/// <c>write-tree</c> with an index of its own, going
/// back after 300 changes is <c>git stash -u</c>. Both leave the same tree.
/// </summary>
internal static class SnapshotBench
{
    private const int Changed = 200,
        Made = 50,
        Deleted = 50;

    public static async Task<int> RunAsync(BenchFolder folder, int rounds)
    {
        folder.Run("git", "init", "-q");
        folder.Run("git", "add", "-A");
        folder.Run("git", "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-q", "-m", "all");
        folder.Run("git", "config", "user.name", "b");
        folder.Run("git", "config", "user.email", "b@example.org");
        using var root = WorkspaceRoot.Open(folder.Path);
        var times = new Dictionary<string, (List<double> Ours, List<double> Git)>();
        for (var round = -1; round < rounds; round++)
        {
            await RoundAsync(
                folder,
                root,
                round,
                (name, ours, git) =>
                {
                    var (mine, other) = times.TryGetValue(name, out var known) ? known : times[name] = ([], []);
                    mine.Add(ours);
                    other.Add(git);
                },
                counts: round >= 0
            );
        }
        Console.WriteLine(
            $"{BenchFolder.Files} files, {rounds} rounds; median (smallest to largest)\n{"", -44}{"snapshot", 12}{"git", 12}{"ratio", 8}"
        );
        foreach (var (name, (ours, git)) in times)
        {
            Console.WriteLine(BenchFolder.Row(name, ours, git));
        }
        return 0;
    }

    private static async Task RoundAsync(
        BenchFolder folder,
        WorkspaceRoot root,
        int round,
        Action<string, double, double> tell,
        bool counts
    )
    {
        var store = new SnapshotStore(Path.Join(folder.State, $"snapshots{round}"), TimeProvider.System);
        var index = Path.Join(folder.State, $"index{round}");
        Snapshot? snapshot = null;
        string[] save =
        [
            "-c",
            $"export GIT_INDEX_FILE='{index}' GIT_OBJECT_DIRECTORY='{index}.objects'; mkdir -p '{index}.objects' && git add -A && "
                + $"git write-tree",
        ];
        Directory.CreateDirectory(folder.State);
        var (cold, coldGit) = (
            await BenchFolder.TimeAsync(async () => snapshot = await store.TakeAsync(root, default)),
            await BenchFolder.TimeAsync(() => Task.FromResult(folder.Run("sh", save)))
        );
        var (warm, warmGit) = (
            await BenchFolder.TimeAsync(async () => snapshot = await store.TakeAsync(root, default)),
            await BenchFolder.TimeAsync(() => Task.FromResult(folder.Run("sh", save)))
        );
        Change(folder, round);
        var back = await BenchFolder.TimeAsync(() => Task.FromResult(snapshot!.Restore(snapshot.Compare(CancellationToken.None))));
        Check(folder, "the snapshot");
        Change(folder, round);
        var backGit = await BenchFolder.TimeAsync(() => Task.FromResult(folder.Run("git", "stash", "push", "-u", "-q")));
        Check(folder, "git stash");
        folder.Run("git", "stash", "drop", "-q");
        Directory.Delete(Path.Join(folder.State, $"snapshots{round}"), recursive: true);
        Directory.Delete(index + ".objects", recursive: true);
        if (counts)
        {
            tell("first snapshot, all files read", cold, coldGit);
            tell("snapshot again, nothing changed", warm, warmGit);
            tell($"{Changed + Made + Deleted} changes found and put back", back, backGit);
            tell("snapshot again, changes put back", warm + back, warmGit + backGit);
        }
    }

    private static void Change(BenchFolder folder, int round)
    {
        var random = new Random(round);
        var files = Directory.GetFiles(folder.At("src"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        random.Shuffle(files);
        Array.ForEach(files[..Changed], file => File.AppendAllText(file, $"changed {round}\n"));
        Array.ForEach(files[Changed..(Changed + Deleted)], File.Delete);
        for (var i = 0; i < Made; i++)
        {
            Directory.CreateDirectory(folder.At($"src/new{i % 5}"));
            File.WriteAllText(folder.At($"src/new{i % 5}/made{i}.cs"), $"{round} {i}\n");
        }
    }

    private static void Check(BenchFolder folder, string who)
    {
        if (folder.Run("git", "status", "--porcelain") is { Length: > 0 } left)
        {
            throw new InvalidOperationException($"{who} left:\n{left}");
        }
    }
}

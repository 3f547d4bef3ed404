using System.Diagnostics;
using CodexSidecar.Engine.Mapping;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Bench;

/// <summary>The repository map: how long it takes for a large repository, and how often it shows the right file, asked with the titles of
/// this project's own commits.</summary>
internal static class MapBench
{
    private const int MostFiles = 6,
        Chars = 2_100;

    public static int Run(BenchFolder folder, int rounds, string repository)
    {
        var times = Enumerable
            .Range(-1, rounds + 1)
            .Select(_ => Time(() => MapOf(folder.Path, "Part77 must not read the stream twice")))
            .Skip(1)
            .ToList();
        Console.WriteLine(
            $"map of {BenchFolder.Files} files: {BenchFolder.Median(times):F0} ms ({times.Min():F0} to {times.Max():F0}), {rounds} "
                + $"rounds, with the walk"
        );

        using var root = WorkspaceRoot.Open(repository);
        var paths = root.Files(default).ToList();
        var texts = paths.ToDictionary(path => path, ReadableText.OfWalk(root));
        var commits = Commits(repository, paths.ToHashSet()).ToList();
        Console.WriteLine(
            $"{commits.Count} commits of this repository, {paths.Count} files; where the first changed file "
                + $"stands\n{"", -24}{"first", 8}{"in 8", 8}{"in 30", 8}{"in map", 8}{"mean reciprocal rank", 24}"
        );
        foreach (
            var (name, read) in new (string, Func<string, string?>)[]
            {
                ("by its path alone", _ => null),
                ("by the map", path => texts[path]),
            }
        )
        {
            var maps = commits.ConvertAll(commit => RepositoryMap.Of(paths, commit.Title, read, default));
            var places = commits.Zip(maps, (commit, map) => commit.Files.Min(file => map.Ranked.ToList().IndexOf(file)) + 1).ToList();
            var shown = commits.Zip(maps, (commit, map) => commit.Files.Any(map.Draw(Chars).Contains)).ToList();
            Console.WriteLine(
                $"{name, -24}{Share(places, 1), 8}{Share(places, 8), 8}{Share(places, 30), 8}"
                    + $"{100.0 * shown.Count(one => one) / shown.Count, 6:F0} %{places.Average(place => 1.0 / place), 24:F3}"
            );
        }
        return 0;
    }

    private static string Share(List<int> places, int within) => $"{100.0 * places.Count(place => place <= within) / places.Count:F0} %";

    private static RepositoryMap MapOf(string folder, string task)
    {
        using var root = WorkspaceRoot.Open(folder);
        return RepositoryMap.Of([.. root.Files(default)], task, ReadableText.OfWalk(root), default);
    }

    private static double Time(Func<object> work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Small commits, with the files of theirs that are there still and are not tests or texts.</summary>
    private static IEnumerable<(string Title, IReadOnlyList<string> Files)> Commits(string repository, HashSet<string> paths)
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", ["log", "--no-merges", "--format=%x00%s", "--name-only"])
            {
                WorkingDirectory = repository,
                RedirectStandardOutput = true,
            }
        )!;
        foreach (var commit in git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = commit.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var files = lines
                .Skip(1)
                .Where(file => paths.Contains(file) && Symbols.IsCode(file) && !file.StartsWith("tests/", StringComparison.Ordinal))
                .ToList();
            if (files.Count is > 0 and <= MostFiles)
            {
                yield return (lines[0], files);
            }
        }
    }
}

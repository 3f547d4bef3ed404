using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary>One of the samples beside the program: <c>samples/NAME/{task.txt, workspace/, cassette.jsonl}</c>.</summary>
internal sealed record Sample(string Name, string Folder)
{
    public string Cassette => Path.Join(Folder, "cassette.jsonl");

    public string Task() => File.ReadAllText(Path.Join(Folder, "task.txt")).Trim();

    /// <summary>In the order of their names, which begins with the one that needs least.</summary>
    public static IReadOnlyList<Sample> All()
    {
        var samples = new DirectoryInfo(Path.Join(AppContext.BaseDirectory, "samples"));
        return samples.Exists
            ?
            [
                .. samples
                    .EnumerateDirectories()
                    .Where(folder => File.Exists(Path.Join(folder.FullName, "task.txt")))
                    .Select(folder => new Sample(folder.Name, folder.FullName))
                    .OrderBy(sample => sample.Name, StringComparer.Ordinal),
            ]
            : [];
    }

    /// <exception cref="UsageException">No such sample.</exception>
    public static Sample Find(string? name)
    {
        var all = All();
        if (all.Count == 0)
        {
            throw new UsageException($"There are no samples beside the program ({AppContext.BaseDirectory}): build it with npm run build.");
        }
        return name is null
            ? all[0]
            : all.FirstOrDefault(sample => sample.Name == name)
                ?? throw new UsageException(
                    $"There is no sample '{name}'. There are: {string.Join(", ", all.Select(sample => sample.Name))}."
                );
    }

    public void CopyWorkspace(string target, CancellationToken cancellationToken)
    {
        var source = Path.Join(Folder, "workspace");
        foreach (
            var file in Directory.EnumerateFiles(
                source,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            )
        )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var copy = Path.Join(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}

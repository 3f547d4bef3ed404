using System.Diagnostics;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>The repository these tests were built from, as git sees it.</summary>
internal static class Repository
{
    public static string Root => Golden.Path("");

    /// <summary>Tracked files and new ones that are not ignored, with <c>/</c>; a file deleted but not committed is not there.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        .. Git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .Where(file => File.Exists(Golden.Path(file)))
            .Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<string> FilesNamed(params IReadOnlyList<string> endings) =>
        Files.Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)));

    public static string Read(string file) => File.ReadAllText(Golden.Path(file));

    private static string Git(params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} ended with {git.ExitCode}");
    }
}

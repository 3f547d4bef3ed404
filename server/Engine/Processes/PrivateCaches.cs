using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Processes;

/// <param name="Path">Below the command's temporary folder.</param>
/// <param name="Target">Absolute, in the user's home.</param>
internal sealed record CacheLink(string Path, string Target);

/// <summary>
/// Caches of a command in a sandbox. The user's home is read-only there, and many programs take a lock in their cache even when they find
/// all they need in it (https://github.com/astral-sh/uv/issues/16820, https://github.com/openai/codex/issues/9557). So the caches lie in
/// the command's own temporary folder, and what the user has in his own, which may be needed without a network, is linked into them.
/// </summary>
internal static class PrivateCaches
{
    public const string Folder = ".cache";
    private const string Gradle = ".gradle";

    /// <summary>A cache of thousands of names is none that programs share.</summary>
    private const int MostLinks = 500;

    /// <summary>Locked or written by whoever uses them, so a link to the user's own would not do; they fill themselves again.</summary>
    private static readonly HashSet<string> Written = new(
        WordList.Of(
            """
            uv pip pip-tools pre-commit prek poetry pypoetry pdm hatch black ruff pylint mypy go-build golangci-lint staticcheck gopls
            yarn pnpm node-gyp-build turbo vite parcel eslint clangd clang ccache sccache org.swift.swiftpm bazel zig composer phpstan
            fontconfig matplotlib mesa_shader_cache dconf tracker3 thumbnails codex-sidecar
            """
        ),
        StringComparer.Ordinal
    );

    /// <summary>What Gradle only reads; its settings are hidden, since they hold passwords.</summary>
    private static readonly string[] ReadByGradle = ["init.d", "init.gradle", "jdks"];

    /// <param name="read">The user's environment.</param>
    /// <param name="temporary">The command's own folder for temporary files, as the command sees it.</param>
    public static void AddTo(Dictionary<string, string> environment, Func<string, string?> read, string temporary)
    {
        environment["XDG_CACHE_HOME"] = $"{temporary}/{Folder}";
        // Each of these goes to another place than XDG_CACHE_HOME on some systems, or can be set to one.
        environment["UV_CACHE_DIR"] = $"{temporary}/{Folder}/uv";
        environment["PIP_CACHE_DIR"] = $"{temporary}/{Folder}/pip";
        environment["PRE_COMMIT_HOME"] = $"{temporary}/{Folder}/pre-commit";
        environment["GRADLE_USER_HOME"] = $"{temporary}/{Gradle}";
        // https://docs.gradle.org/current/userguide/dependency_caching.html#sec:shared-readonly-cache
        if (GradleHome(read) is { } gradle && Directory.Exists(Path.Join(gradle, "caches", "modules-2")))
        {
            environment["GRADLE_RO_DEP_CACHE"] = Path.Join(gradle, "caches");
        }
    }

    /// <summary>What the caches begin with.</summary>
    public static IReadOnlyList<CacheLink> Links(Func<string, string?> read) =>
        [.. FromCache(read).Concat(FromGradle(read)).Take(MostLinks)];

    /// <summary>For a temporary folder that is a place of its own.</summary>
    public static void Make(string temporary, IReadOnlyList<CacheLink> links)
    {
        Directory.CreateDirectory(Path.Join(temporary, Folder));
        foreach (var link in links)
        {
            var path = Path.Join(temporary, link.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, link.Target);
        }
    }

    private static IEnumerable<CacheLink> FromCache(Func<string, string?> read) =>
        Home(read, "XDG_CACHE_HOME", ".cache") is { } cache
            ? Entries(cache)
                .Where(entry => !Written.Contains(Path.GetFileName(entry)))
                .Select(entry => new CacheLink($"{Folder}/{Path.GetFileName(entry)}", entry))
            : [];

    /// <summary>The wrapper locks the folder that a distribution lies in, so what is in there is linked one by one.</summary>
    private static IEnumerable<CacheLink> FromGradle(Func<string, string?> read)
    {
        if (GradleHome(read) is not { } home)
        {
            return [];
        }
        var distributions = Entries(Path.Join(home, "wrapper", "dists"))
            .SelectMany(Entries)
            .SelectMany(Entries)
            .Where(entry => !entry.EndsWith(".lck", StringComparison.Ordinal) && !entry.EndsWith(".part", StringComparison.Ordinal));
        return ReadByGradle
            .Select(name => Path.Join(home, name))
            .Where(Path.Exists)
            .Concat(distributions)
            .Select(entry => new CacheLink($"{Gradle}/{Path.GetRelativePath(home, entry)}", entry));
    }

    private static string? GradleHome(Func<string, string?> read) => Home(read, "GRADLE_USER_HOME", ".gradle");

    /// <returns>Null: the user has none.</returns>
    private static string? Home(Func<string, string?> read, string variable, string name)
    {
        var folder =
            read(variable) is { Length: > 0 } set ? set
            : read("HOME") is { Length: > 1 } home ? Path.Join(home, name)
            : null;
        return folder is not null && Path.IsPathFullyQualified(folder) && Directory.Exists(folder) ? folder : null;
    }

    private static IReadOnlyList<string> Entries(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

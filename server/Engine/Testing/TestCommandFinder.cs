using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Testing;

/// <summary>Finds out from the project's files how its tests are run. Pure: it looks at names and at the few files that say it.</summary>
internal static partial class TestCommandFinder
{
    private const int MostRead = 200;

    private static readonly IReadOnlyList<Func<Files, TestCommand?>> Ways = [Npm, Dotnet, Python, Cargo, Go, Make];

    /// <param name="named">The command the user has named; null: the project's files say it.</param>
    public static TestCommand? Find(WorkspaceRoot root, string? named, CancellationToken cancellationToken) =>
        named is not null && CommandLine.TrySplit(named, out var argv)
            ? new(argv, "--test-command")
            : Find(root.Files(cancellationToken).ToList(), path => ReadableText.Read(root, path));

    /// <param name="paths">All files of the workspace, relative with <c>/</c>.</param>
    /// <param name="readText">The text of one of them; null when it cannot be read.</param>
    /// <returns>Null when nothing in the project says how to test it.</returns>
    public static TestCommand? Find(IReadOnlyCollection<string> paths, Func<string, string?> readText)
    {
        var files = new Files([.. paths.Order(StringComparer.Ordinal)], readText);
        return Ways.Select(way => way(files)).FirstOrDefault(command => command is not null);
    }

    private static TestCommand? Npm(Files files)
    {
        if (!files.Has("package.json"))
        {
            return null;
        }
        var script = TestScript(files.Read("package.json"));
        if (script is null || script.Contains("no test specified", StringComparison.Ordinal))
        {
            return files.All.Any(path => NodeTestFile().IsMatch(path)) ? new(["node", "--test"], "*.test.js") : null;
        }
        // Node's own runner needs no npm around it: half a second less for every run.
        return CommandLine.TrySplit(script, out var argv) && argv[0] == "node"
            ? new(argv, "package.json")
            : new(["npm", "test"], "package.json");
    }

    private static TestCommand? Dotnet(Files files)
    {
        var project = files.Matching(ProjectFile()).FirstOrDefault(path => TestPackage().IsMatch(files.Read(path)));
        if (project is null)
        {
            return null;
        }
        // The folder that is tested when nothing is named: exactly one solution, else exactly one project, in the root.
        var solutions = files.Matching(RootSolution()).ToList();
        var projects = files.Matching(ProjectFile()).Where(path => !path.Contains('/')).ToList();
        if (solutions.Count == 1 || (solutions.Count == 0 && projects is [var only] && only == project))
        {
            return new(["dotnet", "test"], solutions.FirstOrDefault(project));
        }
        var hasNewRunner = files.Read("global.json").Contains("Microsoft.Testing.Platform", StringComparison.Ordinal);
        return new(hasNewRunner ? ["dotnet", "test", "--project", project] : ["dotnet", "test", project], project);
    }

    private static TestCommand? Python(Files files)
    {
        var tests = files.Matching(PythonTestFile()).ToList();
        var settings = new[]
        {
            "pytest.ini",
            "conftest.py",
            "tests/conftest.py",
            "pyproject.toml",
            "setup.cfg",
            "tox.ini",
            "requirements.txt",
            "requirements-dev.txt",
        };
        var pytest = settings.FirstOrDefault(name =>
            name.EndsWith("conftest.py", StringComparison.Ordinal) || name == "pytest.ini"
                ? files.Has(name)
                : files.Read(name).Contains("pytest", StringComparison.Ordinal)
        );
        if (pytest is not null)
        {
            return new(["python3", "-m", "pytest"], pytest);
        }
        if (
            tests.FirstOrDefault(path =>
                files.Read(path).Contains("import pytest", StringComparison.Ordinal)
                || !files.Read(path).Contains("unittest", StringComparison.Ordinal)
            ) is
            { } loose
        )
        {
            return new(["python3", "-m", "pytest"], loose);
        }
        if (tests.Count == 0)
        {
            return null;
        }
        // Discovery from the root enters packages only.
        var folder = tests[0].Contains('/') ? tests[0][..tests[0].IndexOf('/')] : "";
        return folder.Length == 0 || files.Has($"{folder}/__init__.py")
            ? new(["python3", "-m", "unittest"], tests[0])
            : new(["python3", "-m", "unittest", "discover", "-s", folder], tests[0]);
    }

    private static TestCommand? Cargo(Files files) => files.Has("Cargo.toml") ? new(["cargo", "test"], "Cargo.toml") : null;

    private static TestCommand? Go(Files files) => files.Has("go.mod") ? new(["go", "test", "./..."], "go.mod") : null;

    private static TestCommand? Make(Files files) =>
        new[] { "GNUmakefile", "makefile", "Makefile" }.FirstOrDefault(files.Has) is { } file && MakeTarget().IsMatch(files.Read(file))
            ? new(["make", "test"], file)
            : null;

    private static string? TestScript(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return
                document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("scripts", out var scripts)
                && scripts.ValueKind is JsonValueKind.Object
                && scripts.TryGetProperty("test", out var test)
                && test.ValueKind is JsonValueKind.String
                ? test.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The file list with a bounded number of looks inside.</summary>
    private sealed class Files(IReadOnlyList<string> all, Func<string, string?> readText)
    {
        private readonly HashSet<string> names = [.. all];
        private readonly Dictionary<string, string> texts = [];

        public IReadOnlyList<string> All => all;

        public bool Has(string path) => names.Contains(path);

        public IEnumerable<string> Matching(Regex pattern) => all.Where(path => pattern.IsMatch(path));

        /// <returns>Empty when there is no such file.</returns>
        public string Read(string path) =>
            texts.TryGetValue(path, out var known) ? known
            : Has(path) && texts.Count < MostRead ? texts[path] = readText(path) ?? ""
            : "";
    }

    // What `node --test` itself looks for.
    [GeneratedRegex(@"(^|/)((test|.*[-_.]test|test-.*)\.[cm]?js|test/.*\.[cm]?js)$")]
    private static partial Regex NodeTestFile();

    [GeneratedRegex(@"\.(cs|fs|vb)proj$")]
    private static partial Regex ProjectFile();

    [GeneratedRegex(@"^[^/]+\.slnx?$")]
    private static partial Regex RootSolution();

    [GeneratedRegex(@"Microsoft\.NET\.Test\.Sdk|xunit|MSTest|NUnit|TUnit", RegexOptions.IgnoreCase)]
    private static partial Regex TestPackage();

    [GeneratedRegex(@"(^|/)(test_[^/]*|[^/]*_test)\.py$")]
    private static partial Regex PythonTestFile();

    [GeneratedRegex(@"^test\s*:(?!=)", RegexOptions.Multiline)]
    private static partial Regex MakeTarget();
}

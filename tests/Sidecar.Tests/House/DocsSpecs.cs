using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CodexSidecar.Sidecar.Tests.Cli;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>What the documents claim about the code, checked against the code.</summary>
public sealed class DocsSpecs
{
    private static readonly HashSet<string> TestClasses =
    [
        .. Repository
            .FilesNamed(".cs")
            .Where(file => file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => Regex.Matches(Repository.Read(file), @"\bclass (\w+Specs)\b"))
            .Select(match => match.Groups[1].Value),
    ];

    [Fact]
    public void Every_invariant_names_the_tests_that_hold_it()
    {
        var invariants = Section("docs/architecture.md", "Invariants").Split('\n').Where(line => Regex.IsMatch(line, @"^\d+\. ")).ToList();
        Assert.NotEmpty(invariants);
        Assert.All(invariants, line => Assert.NotEmpty(TestsNamedIn(line)));
    }

    [Fact]
    public void Every_edit_form_is_told_and_stands_in_the_list_once()
    {
        var list = Repository.Read("server/Engine/Patching/Parsing/EditFormats.cs");
        var forms = Repository
            .FilesNamed(".cs")
            .Where(file => file.StartsWith("server/Engine/Patching/Parsing/", StringComparison.Ordinal))
            .Select(file =>
                (
                    Type: Path.GetFileNameWithoutExtension(file),
                    Name: Regex
                        .Match(Repository.Read(file), @" : I(?:Edit|Patch)Format\b[\s\S]*?public string Name => ""(.+)"";")
                        .Groups[1]
                        .Value
                )
            )
            .Where(form => form.Name.Length > 0)
            .ToList();
        Assert.True(forms.Count >= 6);
        Assert.All(forms, form => Assert.Single(Regex.Matches(list, $@"new {form.Type}\(\)")));
        Assert.All(forms, form => Assert.Contains(form.Name, Repository.Read("docs/edits.md")));
    }

    [Fact]
    public void Every_test_a_document_names_exists() =>
        Offenders.None(
            Documents.SelectMany(document =>
                TestsNamedIn(Repository.Read(document)).Where(test => !TestClasses.Contains(test)).Select(test => $"{document}: {test}")
            )
        );

    [Fact]
    public void Every_npm_script_a_document_names_exists()
    {
        using var manifest = JsonDocument.Parse(Repository.Read("package.json"));
        var scripts = manifest.RootElement.GetProperty("scripts").EnumerateObject().Select(script => script.Name).ToHashSet();
        var named = Documents.SelectMany(document =>
            Regex
                .Matches(Repository.Read(document), @"\bnpm (?:run )?((?<=run )[a-z][\w:-]*|test\b)")
                .Select(match => (document, script: match.Groups[1].Value))
        );
        Offenders.None(named.Where(one => !scripts.Contains(one.script)));
        Assert.Contains("npm run try", Repository.Read("README.md"));
        Assert.Contains("npm test", Repository.Read("README.md"));
    }

    [Fact]
    public void Every_link_between_documents_leads_somewhere() =>
        Offenders.None(
            Documents.SelectMany(document =>
                Regex
                    .Matches(Repository.Read(document), @"\]\((?!https?:|#)([^)#\s]+)")
                    .Select(match =>
                        Path.GetRelativePath(
                            Repository.Root,
                            Path.GetFullPath(match.Groups[1].Value, Path.GetDirectoryName(Golden.Path(document))!)
                        )
                    )
                    .Where(target => !Path.Exists(Golden.Path(target)))
                    .Select(target => $"{document}: {target}")
            )
        );

    [Fact]
    public async Task README_lists_the_options_of_solve_and_no_others()
    {
        var home = Directory.CreateTempSubdirectory("codex-sidecar-docs-");
        var help = await SidecarProcess.RunAsync(home.FullName, home.FullName, "solve", "--help");
        home.Delete(recursive: true);
        Assert.Equal(
            Regex.Matches(help.Out, @"^  (--[a-z-]+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value),
            Regex.Matches(Section("README.md", "solve"), @"^\| `(--[a-z-]+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value)
        );
    }

    /// <summary>A dependency is a decision: each has its row, and no row outlives its package.</summary>
    [Fact]
    public void Every_package_has_its_reason_in_decisions()
    {
        var packages = XDocument
            .Parse(Repository.Read("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(element => (string)element.Attribute("Include")!);
        var rows = Regex
            .Matches(Section("docs/decisions.md", "Packages"), @"^\| `([^`]+)`", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value);
        Assert.Equal(packages.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_stop_reasons_of_the_document_are_those_of_the_contract()
    {
        var section = Section("docs/architecture.md", "Stop reasons");
        var named = Regex
            .Matches(section, @"^\| ([^|]+) \|", RegexOptions.Multiline)
            .Skip(1)
            .SelectMany(match => Regex.Matches(match.Groups[1].Value, "`([a-z_]+)`"))
            .Select(match => match.Groups[1].Value);
        var reasons = Enum.GetNames<CodexSidecar.Contracts.StopReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
        Assert.Equal(reasons.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_public_type_of_the_engine_is_in_the_list_of_words()
    {
        var words = Section("docs/architecture.md", "Words");
        Offenders.None(
            typeof(CodexSidecar.Engine.Runs.Session)
                .Assembly.GetExportedTypes()
                .Where(type => !type.IsNested && !words.Contains($"`{type.Name}`", StringComparison.Ordinal))
                .Select(type => type.FullName!)
        );
    }

    [Fact]
    public void Every_room_of_the_engine_has_its_row() =>
        Offenders.None(
            Repository
                .FilesNamed(".cs")
                .Where(file => file.StartsWith("server/Engine/", StringComparison.Ordinal))
                .Select(file => file.Split('/')[2])
                .Distinct()
                .Where(room => !Section("docs/architecture.md", "The house").Contains($"\n| {room} |", StringComparison.Ordinal))
        );

    private static IEnumerable<string> Documents =>
        Repository.FilesNamed(".md").Where(file => file.StartsWith("docs/", StringComparison.Ordinal) || !file.Contains('/'));

    private static IEnumerable<string> TestsNamedIn(string text) =>
        Regex.Matches(text, @"`(\w+Specs)`").Select(match => match.Groups[1].Value);

    /// <summary>From the heading to the next one of the same depth.</summary>
    private static string Section(string document, string heading)
    {
        var match = Regex.Match(
            Repository.Read(document),
            $@"^## {Regex.Escape(heading)}$(.*?)(?=^## |\z)",
            RegexOptions.Multiline | RegexOptions.Singleline
        );
        Assert.True(match.Success, $"{document} has no section '{heading}'");
        return match.Groups[1].Value;
    }
}

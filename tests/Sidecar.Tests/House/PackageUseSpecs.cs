using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>A package that a project names is used by that project's own sources, for what it is for.</summary>
public sealed class PackageUseSpecs
{
    /// <summary>Where a package's namespace is not its name.</summary>
    private static readonly Dictionary<string, string> Namespaces = new(StringComparer.Ordinal)
    {
        ["Microsoft.Extensions.Logging.Abstractions"] = "Microsoft.Extensions.Logging",
        ["ModelContextProtocol.Core"] = "ModelContextProtocol.Server",
        ["Polly.Core"] = "Polly",
        ["xunit.v3"] = "Xunit",
        ["xunit.v3.assert"] = "Xunit",
    };

    /// <summary>Where the namespace is another package's too, or a namespace of the framework: a word that only this one knows.</summary>
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["ModelContextProtocol.AspNetCore"] = ".MapMcp(", // its methods are in the namespaces of ASP.NET
        ["Serilog.Sinks.File"] = "rollOnFileSizeLimit", // its methods are in Serilog's namespace
    };

    /// <summary>Never named in a source file.</summary>
    private static readonly string[] Exempt =
    [
        "Microsoft.CodeAnalysis.BannedApiAnalyzers", // rules for the compiler
    ];

    /// <summary>Named by the user: none of them may go, or come down to a reference.</summary>
    private static readonly string[] Wanted =
    [
        "StreamJsonRpc",
        "Nerdbank.Streams",
        "OpenAI",
        "LibGit2Sharp",
        "CliWrap",
        "DiffPlex",
        "Serilog",
        "xunit.v3",
        "NSubstitute",
    ];

    private static IEnumerable<string> Projects =>
        Repository
            .FilesNamed(".csproj")
            .Where(file =>
                !file.StartsWith("samples/", StringComparison.Ordinal) && !file.StartsWith("tests/fixtures/", StringComparison.Ordinal)
            );

    [Fact]
    public void Every_package_of_a_project_is_used_in_its_sources() =>
        Offenders.None(
            Projects.SelectMany(project =>
                PackagesOf(project)
                    .Except(Exempt, StringComparer.Ordinal)
                    .Where(package => !IsUsed(package, project))
                    .Select(package => $"{project}: nothing uses {package}")
            )
        );

    [Fact]
    public void The_packages_that_are_wanted_are_there() =>
        Assert.Subset(Projects.SelectMany(PackagesOf).ToHashSet(StringComparer.Ordinal), Wanted.ToHashSet(StringComparer.Ordinal));

    /// <summary>A version for a package that nobody names is there for one that comes with others, and says why.</summary>
    [Fact]
    public void Every_pinned_version_is_named_by_a_project_or_says_why_not()
    {
        var named = Projects.Append("Directory.Build.props").SelectMany(PackagesOf).ToHashSet(StringComparer.Ordinal);
        var pins = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion");
        Offenders.None(
            pins.Where(pin => pin.PreviousNode is not XComment)
                .Select(pin => (string)pin.Attribute("Include")!)
                .Where(package => !named.Contains(package))
        );
    }

    private static IEnumerable<string> PackagesOf(string project) =>
        XDocument.Parse(Repository.Read(project)).Descendants("PackageReference").Select(element => (string)element.Attribute("Include")!);

    private static bool IsUsed(string package, string project)
    {
        var folder = project[..(project.LastIndexOf('/') + 1)];
        var used = Words.TryGetValue(package, out var word)
            ? new Regex(Regex.Escape(word))
            : new Regex(
                $@"^(global )?using (static |\w+ = )?{Regex.Escape(Namespaces.GetValueOrDefault(package, package))}[.;]",
                RegexOptions.Multiline
            );
        return Repository
            .FilesNamed(".cs")
            .Any(file => file.StartsWith(folder, StringComparison.Ordinal) && used.IsMatch(Repository.Read(file)));
    }
}

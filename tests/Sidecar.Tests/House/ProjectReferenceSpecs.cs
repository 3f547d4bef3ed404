using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>A project exists only where it forbids something; this is what they forbid.</summary>
public sealed class ProjectReferenceSpecs
{
    private static readonly string[] OfTheFaces =
    [
        "StreamJsonRpc",
        "Nerdbank.Streams",
        "ModelContextProtocol",
        "Microsoft.AspNetCore",
        "Spectre.Console",
        "System.CommandLine",
    ];

    [Fact]
    public void Contracts_depends_on_nothing()
    {
        var project = XDocument.Parse(Repository.Read("server/Contracts/CodexSidecar.Contracts.csproj"));
        Offenders.None(project.Descendants().Where(element => element.Name.LocalName.EndsWith("Reference", StringComparison.Ordinal)));
    }

    [Fact]
    public void Engine_depends_on_Contracts_only()
    {
        var project = XDocument.Parse(Repository.Read("server/Engine/CodexSidecar.Engine.csproj"));
        Assert.Equal(
            ["../Contracts/CodexSidecar.Contracts.csproj"],
            project.Descendants("ProjectReference").Select(element => (string?)element.Attribute("Include"))
        );
        Offenders.None(project.Descendants("FrameworkReference"));
    }

    /// <summary>The lock file and not the project file: a package of a face must not come in through another package either.</summary>
    [Fact]
    public void No_package_of_a_face_reaches_the_engine()
    {
        using var locked = JsonDocument.Parse(Repository.Read("server/Engine/packages.lock.json"));
        var packages = locked
            .RootElement.GetProperty("dependencies")
            .EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Select(package => package.Name);
        Offenders.None(packages.Where(package => OfTheFaces.Any(face => package.StartsWith(face, StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public void Versions_are_in_one_place_only()
    {
        foreach (
            var file in Repository
                .FilesNamed(".csproj")
                .Where(file =>
                    !file.StartsWith("samples/", StringComparison.Ordinal) && !file.StartsWith("tests/fixtures/", StringComparison.Ordinal)
                )
        )
        {
            Offenders.None(
                XDocument
                    .Parse(Repository.Read(file))
                    .Descendants("PackageReference")
                    .Where(element => element.Attribute("Version") is not null)
            );
        }
    }
}

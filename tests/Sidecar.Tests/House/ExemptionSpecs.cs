using System.Text.RegularExpressions;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>
/// BannedSymbols.txt keeps files, processes, the console, the clock and the current directory away from almost everybody. This holds the
/// list of
/// those who may: whoever wants onto it changes this test, in the open.
/// </summary>
public sealed class ExemptionSpecs
{
    private static readonly string[] Agreed =
    [
        "server/Engine/{Workspace,Audit,Snapshots,State,Revisions,Runs,Entrances}/**.cs",
        "server/Engine/Processes/**.cs",
        "server/Engine/Shadows/{ShadowFolder,OverlayShadow}.cs",
        "server/Engine/Models/{EndpointCache,Cassette*}.cs",
        "server/Sidecar/{Program.cs,Faces/Cli/**.cs}",
    ];

    private static readonly string[] Banned =
    [
        "T:System.Console",
        "T:System.IO.File",
        "T:System.IO.Directory",
        "T:System.IO.FileInfo",
        "T:System.IO.DirectoryInfo",
        "T:System.IO.FileStream",
        "T:System.Diagnostics.Process",
        "N:CliWrap",
        "P:System.DateTime.Now",
        "P:System.DateTime.UtcNow",
        "P:System.DateTimeOffset.Now",
        "P:System.DateTimeOffset.UtcNow",
        "P:System.Environment.CurrentDirectory",
        "M:System.IO.Path.GetFullPath(System.String)",
    ];

    [Fact]
    public void Only_the_agreed_places_are_exempt()
    {
        var section = "";
        List<string> exempt = [];
        foreach (var line in Repository.Read(".editorconfig").Split('\n').Select(line => line.Trim()))
        {
            section = line.StartsWith('[') ? line[1..^1] : section;
            if (Regex.IsMatch(line, @"^dotnet_diagnostic\.RS0030\.severity\s*=(?!\s*error$)"))
            {
                exempt.Add(section);
            }
        }
        Assert.Equal(Agreed, exempt);
        Assert.Equal(
            [".editorconfig"],
            Repository.FilesNamed(".editorconfig", ".globalconfig").Where(file => !file.StartsWith("samples/", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void What_is_banned_stays_banned() =>
        Assert.Subset(Repository.Read("BannedSymbols.txt").Split('\n').Select(line => line.Split(';')[0]).ToHashSet(), Banned.ToHashSet());

    [Fact]
    public void Nobody_silences_the_ban_in_place()
    {
        var silenced = new Regex(
            @"#pragma\s+warning\s+disable(\s*$|[^\n]*RS0030)|SuppressMessage[^\n]*RS0030|<NoWarn>[^<]*RS0030",
            RegexOptions.Multiline
        );
        Offenders.None(
            Repository
                .FilesNamed(".cs", ".csproj", ".props", ".targets")
                .Where(file =>
                    silenced.IsMatch(Repository.Read(file)) && !file.EndsWith(nameof(ExemptionSpecs) + ".cs", StringComparison.Ordinal)
                )
        );
    }

    /// <summary>A file outside server/ that is compiled into the product would escape the list.</summary>
    [Fact]
    public void The_product_is_compiled_from_its_own_folder() =>
        Offenders.None(
            Repository
                .FilesNamed(".csproj")
                .Where(file =>
                    file.StartsWith("server/", StringComparison.Ordinal)
                    && Repository.Read(file).Contains("<Compile", StringComparison.Ordinal)
                )
        );
}

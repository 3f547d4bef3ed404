using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>What every text file of the repository looks like, and what none says.</summary>
public sealed class TextSpecs
{
    /// <summary>Bytes as they are on purpose, or as a tool writes them.</summary>
    private static readonly Regex Raw = new("^tests/fixtures/|/goldens?/|\\.lock\\.json$");

    private static readonly string[] Binary = [".png", ".ico", ".gif", ".woff2", ".ttf"];

    private static IEnumerable<string> Files =>
        Repository.Files.Where(file => !Raw.IsMatch(file) && !Binary.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)));

    [Fact]
    public void Lines_end_with_LF_and_the_last_one_too() =>
        Offenders.None(
            Files.Where(file =>
                File.ReadAllBytes(Golden.Path(file)) is { Length: > 0 } bytes && (bytes.Contains((byte)'\r') || bytes[^1] != '\n')
            )
        );

    /// <summary>Solution files are written by tools, which put one there.</summary>
    [Fact]
    public void No_file_begins_with_a_byte_order_mark() =>
        Offenders.None(
            Files.Where(file =>
                !file.EndsWith(".sln", StringComparison.Ordinal)
                && File.ReadAllBytes(Golden.Path(file)).AsSpan().StartsWith(Encoding.UTF8.Preamble)
            )
        );

    /// <summary>Except where the language wants them.</summary>
    [Fact]
    public void Nothing_is_indented_with_tabs() =>
        Offenders.None(
            Files.Where(file =>
                !Regex.IsMatch(file, @"\.(sln|go)$|Makefile$|(^|/)go\.mod$")
                && Regex.IsMatch(Repository.Read(file), @"^ *\t", RegexOptions.Multiline)
            )
        );

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile).TrimEnd('/');
        string[] known =
        [
            Repository.Root.TrimEnd('/') + "/",
            .. home.Length > 1 ? new[] { home + "/." } : [],
            "/wo" + "rk/main",
            "/wo" + "rk/shared",
            "/tmp" + "/wt",
        ];
        Offenders.None(Files.Where(file => known.Any(path => Repository.Read(file).Contains(path, StringComparison.Ordinal))));
    }

    /// <summary>Packages are named; where they come from is the business of who installs them.</summary>
    [Fact]
    public void No_file_names_a_package_registry()
    {
        var registry = new Regex(
            @"https?://[\w.-]*(nuget\.org|npmjs\.(org|com)|yarnpkg\.com|pypi\.org|pythonhosted\.org|debian\.org|crates\.io)",
            RegexOptions.IgnoreCase
        );
        Offenders.None(Files.Where(file => registry.IsMatch(Repository.Read(file))));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var later = new Regex(@"\b(TO" + @"DO|FIX" + @"ME|XX" + @"X|HA" + @"CK)\b");
        Offenders.None(Files.Where(file => later.IsMatch(Repository.Read(file))));
    }
}

using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

public sealed class FileSizeSpecs
{
    private const int Longest = 500,
        Widest = 140;

    /// <summary>Path and reason of every source file that may be longer.</summary>
    private static readonly Dictionary<string, string> MayBeLonger = new()
    {
        ["extension/src/generated/contracts.ts"] = "generated, and read by nobody",
    };

    [Fact]
    public void No_source_file_is_longer_than_500_lines() =>
        Offenders.None(
            Repository
                .FilesNamed(".cs", ".ts", ".mjs")
                .Where(file => !MayBeLonger.ContainsKey(file) && Lines(file) > Longest)
                .Select(file => $"{file}: {Lines(file)} lines")
        );

    [Fact]
    public void An_exception_that_is_not_needed_goes() =>
        Offenders.None(MayBeLonger.Keys.Where(file => !Repository.Files.Contains(file) || Lines(file) <= Longest));

    /// <summary>A text between three quotes is data (a prompt, a pattern, a reply), and as wide as it has to be.</summary>
    [Fact]
    public void No_line_of_code_is_wider_than_140() =>
        Offenders.None(Repository.FilesNamed(".cs").SelectMany(file => WideLines(Repository.Read(file)).Select(line => $"{file}:{line}")));

    [Fact]
    public void A_wide_line_is_found_and_data_is_not()
    {
        var wide = new string('x', Widest + 1);
        Assert.Equal([1, 5], WideLines($"{wide}\n\"\"\"\n{wide}\n\"\"\";\n{wide}\nvar one = \"\"\"{wide}\"\"\";"));
    }

    private static IEnumerable<int> WideLines(string text)
    {
        var isData = false;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var marks = line.Split("\"\"\"").Length - 1;
            if (line.Length > Widest && !isData && marks == 0)
            {
                yield return number;
            }
            isData ^= marks % 2 == 1;
        }
    }

    private static int Lines(string file) => Repository.Read(file).Count(letter => letter == '\n');
}

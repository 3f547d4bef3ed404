using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

public sealed class FileSizeSpecs
{
    private const int Longest = 500;

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

    private static int Lines(string file) => Repository.Read(file).Count(letter => letter == '\n');
}

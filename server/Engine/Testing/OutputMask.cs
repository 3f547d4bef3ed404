using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Testing;

/// <summary>Takes out of output what differs from run to run without meaning anything: times, thread and process numbers, where the
/// workspace lies.</summary>
internal sealed partial class OutputMask
{
    private readonly string? root;

    /// <param name="lines">All of the output: the workspace is guessed from the paths in it when it is not given.</param>
    public OutputMask(IReadOnlyList<string> lines, string? workspace) =>
        root = workspace?.TrimEnd('/') is { Length: > 0 } known ? known : GuessRoot(lines);

    public string Apply(string line) => Thread().Replace(Times().Replace(Relative(line), ""), "${before}");

    private string Relative(string line) =>
        root is null
            ? line
            : line.Replace($"file://{root}/", "", StringComparison.Ordinal)
                .Replace($"{root}/", "", StringComparison.Ordinal)
                .Replace(root, ".", StringComparison.Ordinal);

    /// <summary>Without being told: the deepest folder that all paths outside the toolchain have in common.</summary>
    private static string? GuessRoot(IReadOnlyList<string> lines)
    {
        string[]? common = null;
        foreach (var match in lines.SelectMany(line => AbsolutePath().Matches(line)))
        {
            if (!Toolchain().IsMatch(match.Value))
            {
                var folders = match.Value.Split('/')[..^1];
                common = common is null
                    ? folders
                    : [.. common.Zip(folders).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First)];
            }
        }
        return common is { Length: > 1 } ? string.Join('/', common) : null;
    }

    /// <summary>Paths of compilers, libraries and packages: never the user's code.</summary>
    [GeneratedRegex(
        @"^/(usr|lib|lib64|opt|proc|dev|etc|sys|bin|sbin|rustc|nix|_)/|/(node_modules|site-packages|dist-packages|\.nuget|\.cargo"
            + @"|\.rustup|\.pyenv|\.nvm|\.dotnet)/|/lib/python\d|/go/pkg/mod/"
    )]
    public static partial Regex Toolchain();

    [GeneratedRegex(
        @"(?<![\w.\-/:])/(?:[^\s/'""():\[\],<>]+/)+[^\s/'""():\[\],<>]+|(?<=file://)/(?:[^\s/'""():\[\],<>]+/)+[^\s/'""():\[\],<>]+"
    )]
    private static partial Regex AbsolutePath();

    [GeneratedRegex(
        @"\s*[\(\[](<\s*)?\d+([.,:]\d+)*\s?(ms|s|m)?( \d+\s?m?s)*[\)\]](?=$|\s*$)|,? in \d+([.,]\d+)?\s?m?s\b|\bin \d+([.,]\d+)?s\b"
            + @"|,? ?Duration: [\d.,]+ ?m?s|(?<=\[xUnit\.net )[\d:.]+|\bfinished in [\d.]+s"
    )]
    private static partial Regex Times();

    [GeneratedRegex(
        @"(?<before>^thread '[^']{0,500}') \(\d+\)|(?<before>\b(pid|tid|thread|process)) \d+\b|0x[0-9a-fA-F]{6,16}",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Thread();
}

using System.Text.RegularExpressions;

namespace CodexSidecar.Sidecar.Tests.Contracts;

/// <summary>The documentation comments of the records and enums in some folders, read from the sources.</summary>
internal sealed partial class SourceComments
{
    private readonly Dictionary<(string Type, string Member), string> comments = [];

    public SourceComments(params IEnumerable<string> folders)
    {
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs")))
        {
            foreach (Match block in Blocks().Matches(File.ReadAllText(file)))
            {
                Read(block.Groups["type"].Value, Slashes().Replace(block.Groups["comment"].Value, ""));
            }
        }
    }

    public string? Of(Type type, string member = "") => comments.GetValueOrDefault((type.Name, member));

    private void Read(string type, string comment)
    {
        foreach (Match part in Parts().Matches(comment))
        {
            var name = part.Groups["name"].Value;
            var member = name.Length == 0 ? "" : char.ToLowerInvariant(name[0]) + name[1..];
            comments[(type, member)] = Plain(part.Groups["text"].Value);
        }
    }

    private static string Plain(string text) =>
        Spaces().Replace(Tags().Replace(References().Replace(text, "`$1`"), "`"), " ").Replace("&lt;", "<").Replace("&gt;", ">").Trim();

    [GeneratedRegex(
        @"(?<comment>(^[ \t]*///.*\r?\n)+)(^[ \t]*\[.*\r?\n)*^[ \t]*(public|internal) (sealed |abstract )?(record|enum) (?<type>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^[ \t]*/// ?", RegexOptions.Multiline)]
    private static partial Regex Slashes();

    [GeneratedRegex(@"<(summary|param name=""(?<name>\w+)"")>(?<text>.*?)</(summary|param)>", RegexOptions.Singleline)]
    private static partial Regex Parts();

    [GeneratedRegex(@"<(?:see cref|paramref name)=""([^""]+)""\s*/>")]
    private static partial Regex References();

    [GeneratedRegex(@"</?c>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Testing.Edits;

/// <summary>What stands below a line such as <c>== before src/a.js [crlf]</c>.</summary>
internal sealed record EditSection(string Kind, string Path, IReadOnlyList<string> Options, IReadOnlyList<string> Lines)
{
    private static readonly Regex Header = new(@"^== (before|reply|patch|after|gone|refused|notes)(?: (?!\[)(.+?))?(?: \[(.*)\])?$");

    private static readonly Regex Escape = new(@"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)");

    public static IReadOnlyList<EditSection> Split(string text)
    {
        var sections = new List<EditSection>();
        var (head, lines) = (new EditSection("", "", [], []), new List<string>());
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (Header.Match(line) is not { Success: true } match)
            {
                lines.Add(line);
                continue;
            }
            sections.Add(head with { Lines = lines });
            (head, lines) = (
                new(
                    match.Groups[1].Value,
                    match.Groups[2].Value,
                    match.Groups[3].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries),
                    []
                ),
                []
            );
        }
        return [.. sections, head with { Lines = lines }];
    }

    public bool Has(string option) => Options.Contains(option);

    public string Text()
    {
        var lines = Has("escapes") ? Lines.Select(line => Escape.Replace(line, Unescaped)) : Lines;
        var end =
            Has("crlf") ? "\r\n"
            : Has("cr") ? "\r"
            : "\n";
        var text = string.Concat(lines.Select(line => line + end));
        if (Has("no-newline"))
        {
            text = text[..^Math.Min(text.Length, end.Length)];
        }
        var times = Options.FirstOrDefault(option => option.StartsWith("times ", StringComparison.Ordinal))?[6..];
        return times is null
            ? text
            : string.Concat(
                Enumerable
                    .Range(1, int.Parse(times, CultureInfo.InvariantCulture))
                    .Select(i => text.Replace("{n}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
            );
    }

    public byte[] Bytes()
    {
        var encoding = Options.FirstOrDefault(option => option is "utf-16" or "utf-16BE" or "latin1" or "windows-1251" or "bom") switch
        {
            null => new UTF8Encoding(false),
            "bom" => new UTF8Encoding(true),
            var name => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name),
        };
        return [.. encoding.Preamble, .. encoding.GetBytes(Text())];
    }

    private static string Unescaped(Match escape) =>
        escape.Groups[1].Value switch
        {
            ['x' or 'u', .. { Length: > 0 } digits] => (
                (char)int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            ).ToString(),
            "r" => "\r",
            "n" => "\n",
            "t" => "\t",
            "0" => "\0",
            var other => other,
        };
}

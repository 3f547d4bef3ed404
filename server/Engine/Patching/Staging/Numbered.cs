using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>A listing with a number or an id in front of every line, sent back as a file.</summary>
internal static partial class Numbered
{
    /// <summary>So many of the lines without numbers must be the file's own.</summary>
    private const double FewKnown = 0.3;

    [GeneratedRegex(
        @"^\s*(?:(?<number>\d+):[0-9A-Za-z]{2,6}(?<bar>\|)|#[0-9A-Za-z]{2,4}(?<bar>\|)|L?(?<number>\d+) ?(?<bar>[|→\t:.]))(?<rest>.*)$"
    )]
    private static partial Regex Line();

    /// <summary>Each filled line has a number, they rise by one, and the sign behind it is always the same.</summary>
    /// <returns>The first of them; null: this is no listing.</returns>
    public static string? First(IReadOnlyList<string> lines) => Read(lines) is { } rows ? rows.Find(row => row.Success)?.Value : null;

    /// <summary>The sign, where it is none that text has for itself: <c>1: one</c> may be a file's own, <c>1| one</c> is not.</summary>
    public static bool IsListing(IReadOnlyList<string> lines) =>
        Read(lines) is { } rows && rows.Find(row => row.Success) is { } first && first.Groups["bar"].Value is "|" or "→" or "\t";

    /// <summary>The lines without their numbers, if many of them are then the file's.</summary>
    public static List<string>? Without(IReadOnlyList<string> lines, Func<string, bool> isKnown)
    {
        if (Read(lines) is not { } rows)
        {
            return null;
        }
        var rest = rows.ConvertAll(row => row.Success ? row.Groups["rest"].Value : "");
        var hasBlank = rest.TrueForAll(line => line is [] or [' ', ..]) && rows.Find(row => row.Success)!.Groups["bar"].Value != "\t";
        var plain = hasBlank ? rest.ConvertAll(line => line.Length > 0 ? line[1..] : line) : rest;
        var filled = plain.Count(line => line.AsSpan().Trim().Length > 0);
        return
            plain.Count(line => line.AsSpan().Trim().Length > 0 && isKnown(line)) >= filled * FewKnown
            && !lines.Any(line => line.AsSpan().Trim().Length > 0 && isKnown(line))
            ? plain
            : null;
    }

    private static List<Match>? Read(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return null;
        }
        var rows = new List<Match>(lines.Count);
        string? bar = null;
        var last = -1;
        foreach (var line in lines)
        {
            var row = Line().Match(line);
            rows.Add(row);
            if (line.AsSpan().Trim().Length == 0)
            {
                continue;
            }
            if (!row.Success || (bar ??= row.Groups["bar"].Value) != row.Groups["bar"].Value)
            {
                return null;
            }
            if (!row.Groups["number"].Success)
            {
                continue;
            }
            if (
                !int.TryParse(row.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || (last >= 0 && number <= last)
            )
            {
                return null;
            }
            last = number;
        }
        return bar is null ? null : rows;
    }
}

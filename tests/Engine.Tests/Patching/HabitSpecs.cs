using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>Each habit that is forgiven in a SEARCH of ten lines is forgiven in one of a single short line, and REPLACE is read the same
/// way.</summary>
public sealed class HabitSpecs
{
    private const string Path = "src/a.js";

    private static readonly string[] Lines =
    [
        "export function shop(items) {",
        "  let n = 0;",
        "  for (const item of items) {",
        "\tif (item.size > 1 - 0) {",
        "\t\tn += item.size;",
        "\t}",
        "    log(\"it's\", n);",
        "    n = n - 1;",
        "    say(\"a...\");",
        "    f(n );",
        "  }",
        "  return n;",
        "}",
    ];

    private static readonly Files Shop = Files.Of((Path, string.Join('\n', Lines) + "\n"));

    private static readonly Dictionary<string, Func<string, int, string>> Habits = new(StringComparer.Ordinal)
    {
        ["trailing blanks"] = (line, _) => line + "  ",
        ["more indent"] = (line, _) => "   " + line,
        ["tabs for blanks"] = (line, _) => line.Replace("    ", "\t", StringComparison.Ordinal),
        ["blanks for tabs"] = (line, _) => line.Replace("\t", "    ", StringComparison.Ordinal),
        ["no indent"] = (line, _) => line.Trim(),
        ["blanks between words"] = (line, _) => line.Replace(" = ", "  = ", StringComparison.Ordinal).Replace(", n", ",\tn"),
        ["number and bar"] = (line, i) => $"{i + 1} | {line}",
        ["number and bar alone"] = (line, i) => $"{i + 1}|{line}",
        ["number and colon"] = (line, i) => $"{i + 1}: {line}",
        ["number, dot"] = (line, i) => $"{i + 1}. {line}",
        ["letter and number"] = (line, i) => $"L{i + 1}: {line}",
        ["cat -n"] = (line, i) => $"{i + 1, 6}\t{line}",
        ["arrow"] = (line, i) => $"{i + 1, 6}→{line}",
        ["typographic quotes"] = (line, _) => line.Replace("\"it's\"", "“it’s”", StringComparison.Ordinal),
        ["dashes"] = (line, _) => line.Replace(" - ", " – ", StringComparison.Ordinal),
        ["no-break spaces"] = (line, _) => line.Replace(" - ", "\u00A0-\u00A0", StringComparison.Ordinal),
        ["signs without width"] = (line, _) => line.Replace("n ", "n\u200B ", StringComparison.Ordinal),
        ["dots as one sign"] = (line, _) => line.Replace("...", "…", StringComparison.Ordinal),
        ["signs and indent"] = (line, _) => line.Replace("\"it's\"", "“it’s”", StringComparison.Ordinal).Trim(),
        ["double quotes escaped"] = (line, _) => line.Replace("\"", "\\\"", StringComparison.Ordinal),
        ["single quotes escaped"] = (line, _) => line.Replace("'", "\\'", StringComparison.Ordinal),
        ["entities"] = (line, _) => line.Replace("\"", "&quot;").Replace(">", "&gt;").Replace("- ", "&#45; "),
    };

    public static TheoryData<string, int> Rows =>
        new(
            from habit in Habits.Keys
            from at in new[] { 1, 3, 4, 6, 7, 8 }
            where Habits[habit](Lines[at], at) != Lines[at]
            select (habit, at)
        );

    [Theory]
    [MemberData(nameof(Rows))]
    public void One_short_line_is_found_like_ten(string habit, int at)
    {
        var words = Array.Find<(string Old, string New)>([("size", "mass"), ("say", "tell"), ("n", "m")], word =>
            Lines[at].Contains(word.Old)
        );
        var first = Lines[at].IndexOf(words.Old, StringComparison.Ordinal);
        var changed = Lines[at][..first] + words.New + Lines[at][(first + words.Old.Length)..];
        string[] expected = [.. Lines[..at], changed, .. Lines[(at + 1)..]];
        foreach (var (from, to) in new[] { (at, at + 1), (1, 11) })
        {
            string[] old = [.. Lines[from..to].Select((line, i) => Habits[habit](line, from + i))];
            string[] now = [.. old[..(at - from)], Habits[habit](changed, at), .. old[(at - from + 1)..]];
            var plan = Shop.Plan($"{Path}\n<<<<<<< SEARCH\n{string.Join('\n', old)}\n=======\n{string.Join('\n', now)}\n>>>>>>> REPLACE\n");

            Assert.Empty(plan.Refusals);
            var text = Shop.Text(plan, Path).TrimEnd('\n').Split('\n');
            Assert.Equal(expected, habit == "trailing blanks" ? text.Select(line => line.TrimEnd()) : text);
        }
    }

    /// <summary>Everything that looks like the line of a listing, and is none.</summary>
    [Theory]
    [InlineData("let n = 0", "let n = 0;")]
    [InlineData("letn = 0;", "let n = 0;")]
    [InlineData("log(\"its\", n);", "log(\"it's\", n);")]
    [InlineData("log(\"It's\", n);", "log(\"it's\", n);")]
    [InlineData("say(\"a..\");", "say(\"a...\");")]
    [InlineData("n = n - 10;", "n = n - 1;")]
    [InlineData("f(n);", "f(n );")]
    [InlineData("return\\nn;", "return n;")]
    public void What_is_only_similar_is_not_found(string search, string line)
    {
        Assert.Contains(Lines, one => one.Contains(line, StringComparison.Ordinal));
        var plan = Shop.Plan($"{Path}\n<<<<<<< SEARCH\n{search}\n=======\nother();\n>>>>>>> REPLACE\n");
        Assert.True(plan.IsEmpty);
        Assert.Equal("not_found", Assert.Single(plan.Refusals).Code);
    }
}

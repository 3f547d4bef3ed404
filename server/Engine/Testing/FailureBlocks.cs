using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Testing;

/// <summary>One failed test as its runner prints it: the name and the lines below it.</summary>
internal sealed record FailureBlock(string Name, IReadOnlyList<string> Lines);

/// <summary>Cuts a test runner's output into its failures, whichever runner it was.</summary>
internal static partial class FailureBlocks
{
    private const int MostLines = 60;

    public static IReadOnlyList<FailureBlock> Find(IReadOnlyList<string> lines)
    {
        var blocks = new List<FailureBlock>();
        List<string>? body = null;
        var isNested = false;
        foreach (var line in AfterTheStory(lines))
        {
            if (Header().Match(line) is { Success: true } header)
            {
                body = [];
                isNested = header.Groups["nested"].Success;
                blocks.Add(new(header.Groups["name"].Value.Trim(), body));
            }
            else if (isNested && body is { Count: 0 } && TitleBelow().Match(line) is { Success: true } title)
            {
                blocks[^1] = blocks[^1] with { Name = $"{blocks[^1].Name} {title.Groups[1].Value}" };
            }
            else if (body is not null && End().IsMatch(line) && body.Exists(known => known.Trim().Length > 0 && !Rule().IsMatch(known)))
            {
                body = null;
            }
            else if (body?.Count < MostLines && !(body.Count == 0 && Rule().IsMatch(line)))
            {
                body.Add(line);
            }
        }
        // A suite that failed only because a test in it failed says nothing new; a runner may tell a failure twice, the fuller one counts.
        return
        [
            .. blocks
                .Where(block => !block.Lines.Any(line => line.Contains("subtestsFailed", StringComparison.Ordinal)))
                .Where(block => !blocks.Exists(other => other.Name.StartsWith(block.Name + "/", StringComparison.Ordinal)))
                .GroupBy(block => block.Name)
                .Select(same => same.MaxBy(block => block.Lines.Count(line => line.Trim().Length > 0))!),
        ];
    }

    /// <summary>Runners that tell the story of all tests first, and then the failures again, in full.</summary>
    private static IEnumerable<string> AfterTheStory(IReadOnlyList<string> lines)
    {
        var failing = Enumerable.Range(0, lines.Count).LastOrDefault(i => StoryEnd().IsMatch(lines[i]), -1);
        return lines.Skip(failing + 1);
    }

    [GeneratedRegex("^✖ failing tests:|^  \\d+ failing$")]
    private static partial Regex StoryEnd();

    [GeneratedRegex(
        """
            ^\s*not\ ok\ \d+\ -\ (?<name>.+?)(\ \#\ .*)?$                # node --test, TAP
            |^✖\ (?<name>.+?)(\ \([\d.]+ms\))?$                          # node --test, spec
            |^(FAIL|ERROR):\ (?<name>\S.*)$                              # unittest
            |^_{3,}\ (?<name>\S.*?)\ _{3,}$                              # pytest
            |^\s+Failed\ (?<name>\S.*?)\ \[[^\]]*\d\ ?m?s\]$             # dotnet test
            |^failed\ (?<name>\S.*?)\ \([^)]*\d+m?s\)$                   # Microsoft.Testing.Platform
            |^\s{4}(?<name>\S.*)\ \[FAIL\]$                              # an xunit program
            |^----\ (?<name>\S+)\ stdout\ ----$                          # cargo
            |^\s*---\ FAIL:\ (?<name>\S+)\ \([\d.]+s\)$                  # go
            |^\s+●\ (?<name>\S.*)$                                       # jest
            |^\s*FAIL\s\s(?<name>\S+\ >\ .+)$                            # vitest
            |^(?<nested>\s)\s\d+\)\ (?<name>\S.*)$                        # mocha
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Header();

    /// <summary>mocha writes the titles of a nested test on lines of their own.</summary>
    [GeneratedRegex(@"^ {7,}(\S.*?):?$")]
    private static partial Regex TitleBelow();

    [GeneratedRegex(
        """
            ^\s*\.\.\.$|^={5,}|^-{20,}$|^(\#|ℹ)\ tests\ \d|^Ran\ \d+|^test\ at\ |^test\ result:|^failures:|^FAIL(\s|$)|^Tests:
            |^\ *Test\ Files\ |^(Failed|Passed)!\ |^Test\ run\ |^exit\ status
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex End();

    [GeneratedRegex("^[-=⎯ ]+$|^$")]
    private static partial Regex Rule();
}

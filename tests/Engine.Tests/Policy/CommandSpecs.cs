using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;

namespace CodexSidecar.Engine.Tests.Policy;

public sealed partial class CommandSpecs
{
    private static readonly string[] TestCommand = ["test-all", "--fast"];

    [Fact]
    public void Every_command_of_the_table_is_decided_as_expected_at_every_level()
    {
        var wrong = Table()
            .SelectMany(row =>
                Enumerable
                    .Range(0, 5)
                    .Where(level => Decide(row.Command, level) != row.Expected[level])
                    .Select(level =>
                        $"level {level}: {row.Command}  expected {row.Expected[level]} but "
                        + $"was {Decide(row.Command, level)} {CommandJudge.Judge(row.Command, TestCommand)[0].Kind}"
                    )
            )
            .ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(Table().Count() >= 300);
    }

    /// <summary>The promise itself, whatever the table's columns say: below level 4 nothing that can do harm runs, and at level 4 a person
    /// is asked.</summary>
    [Theory]
    [InlineData("can destroy")]
    [InlineData("reaches the network")]
    [InlineData("shows secrets")]
    [InlineData("ordinary commands")]
    [InlineData("disguised")]
    public void Nothing_dangerous_is_ever_allowed_without_a_rule(string section)
    {
        var rows = Table(section).ToList();
        Assert.NotEmpty(rows);
        Assert.Empty(
            rows.SelectMany(row =>
                Enumerable
                    .Range(0, 5)
                    .Where(level => Decide(row.Command, level) is 'a' || (level < 4 && Decide(row.Command, level) is not 'd'))
                    .Select(level => $"level {level}: {row.Command}")
            )
        );
    }

    [Fact]
    public void Commands_that_can_destroy_are_flagged_red_whatever_the_wrapper()
    {
        var unflagged = Table("can destroy").Select(row => row.Command).Where(command => Strictest(command, 4).Risk is not Risk.High);
        Assert.Empty(unflagged);
    }

    [Fact]
    public void A_reason_names_the_level_or_the_rule_and_reads_like_a_sentence() =>
        Assert.Equal(
            "level 2 (run_tests) may not reach the network, at no level: curl needs the network.",
            Strictest("ls && curl http://example.com", 2).Reason
        );

    private static char Decide(string command, int level) =>
        Strictest(command, level).Permission switch
        {
            Permission.Allow => 'a',
            Permission.Ask => 'q',
            _ => 'd',
        };

    private static Decision Strictest(string command, int level) =>
        LevelPolicy.Decide(new PolicyContext((Level)level, Sandboxed: true), CommandJudge.Judge(command, TestCommand));

    private static string Letter(string escape) =>
        escape[0] switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'u' => ((char)Convert.ToInt32(escape[1..], 16)).ToString(),
            _ => "\\",
        };

    [GeneratedRegex(@"\\(n|t|r|u[0-9a-f]{4}|\\)")]
    private static partial Regex Escape();

    private static IEnumerable<(string Command, string Expected)> Table(string section = "")
    {
        var (expected, title) = ("", "");
        foreach (
            var line in File.ReadLines(Path.Join(AppContext.BaseDirectory, "fixtures", "policy", "commands.txt"))
                .Where(line => line.Length > 0 && line[0] != '#')
        )
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                (expected, title) = (line[3..12].Replace(" ", ""), line[12..]);
            }
            else if (title.Contains(section, StringComparison.Ordinal))
            {
                yield return (Escape().Replace(line, match => Letter(match.Value[1..])), expected);
            }
        }
    }
}

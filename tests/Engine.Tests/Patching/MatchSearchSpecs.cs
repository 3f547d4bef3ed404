using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>What may differ between SEARCH and the file, and what never may.</summary>
public sealed class MatchSearchSpecs
{
    private const string Path = "src/shop.js";

    private static readonly string[] Lines =
    [
        "export class Shop {",
        "  constructor(items) {",
        "    this.items = items;",
        "    this.total = null;",
        "  }",
        "",
        "  sum(from, to) {",
        "    const found = this.items.slice(from, to);",
        "    return found.length - 1;",
        "  }",
        "}",
    ];

    private static readonly Files Shop = Files.Of((Path, string.Join('\n', Lines) + "\n"));

    private static string Block(IEnumerable<string> search, IEnumerable<string> replace) =>
        $"{Path}\n<<<<<<< SEARCH\n{string.Join('\n', search)}\n=======\n{string.Join('\n', replace)}\n>>>>>>> REPLACE\n";

    public static TheoryData<string> Noises =>
        ["trailing blanks", "shifted", "numbered", "numbered with a bar", "entities", "blank edges", "trimmed", "fancy signs"];

    /// <summary>Lines 6 to 9 with one strategy's tolerance used up, and the return corrected.</summary>
    [Theory]
    [MemberData(nameof(Noises))]
    public void A_habit_of_models_is_forgiven(string noise)
    {
        string[] search = Lines[6..9],
            replace = [.. search[..2], search[2].Replace("- 1", "+ 0")];
        var expected = string.Join('\n', Lines).Replace("return found.length - 1;", "return found.length + 0;") + "\n";
        Func<string, int, string> damage = noise switch
        {
            "trailing blanks" => (line, _) => line + "  ",
            "shifted" => (line, _) => "   " + line,
            "numbered" => (line, i) => $"{i + 7}: {line}",
            "numbered with a bar" => (line, i) => $"  {i + 7} | {line}",
            "entities" => (line, _) => line.Replace("(", "&#40;"),
            "trimmed" => (line, i) => i == 1 ? line.Trim() : " " + line.Trim(),
            "fancy signs" => (line, _) => line.Replace("- 1", "– 1"),
            _ => (line, _) => line,
        };
        var plan = Shop.Plan(
            noise == "blank edges"
                ? Block(["", .. search, ""], ["", .. replace, ""])
                : Block(search.Select(damage), replace.Select((line, i) => noise == "fancy signs" ? line : damage(line, i)))
        );
        Assert.Empty(plan.Refusals);
        Assert.Equal(noise == "trailing blanks" ? expected.Replace("+ 0;", "+ 0;  ") : expected, Shop.Text(plan, Path));
    }

    [Fact]
    public void Two_letters_of_a_word_are_never_forgiven() =>
        Gen.Select(Gen.Int[0, Lines.Length - 3], Gen.Int[0, 100], Gen.Int[0, 100])
            .Holds(
                (start, line, at) =>
                {
                    string[] search = Lines[start..(start + 3)];
                    var damaged = search[line % 3];
                    var letters = Enumerable.Range(0, damaged.Length).Where(i => char.IsLetter(damaged[i])).ToList();
                    if (letters.Count < 2)
                    {
                        return;
                    }
                    var first = letters[at % (letters.Count - 1)];
                    string[] wrong = [.. search];
                    wrong[line % 3] = string.Concat(damaged.Select((letter, i) => i == first || i == first + 1 ? 'Q' : letter));
                    var plan = Shop.Plan(Block(wrong, ["something else entirely"]));
                    Assert.True(plan.IsEmpty);
                    Assert.Equal("not_found", Assert.Single(plan.Refusals).Code);
                },
                few: 100,
                many: 500
            );

    [Fact]
    public void Lines_that_stand_more_than_once_are_never_chosen_by_chance() =>
        Gen.Select(Gen.Int[2, 6], Gen.Int[0, 3], Gen.Int[0, 3])
            .Holds(
                (times, before, between) =>
                {
                    string[] wanted = ["  if (ready) {", "    start(now);", "  }"];
                    var text = Repeat("above", before)
                        .Concat(Enumerable.Range(0, times).SelectMany(i => wanted.Concat(Repeat($"between {i}", between))))
                        .ToList();
                    var files = Files.Of((Path, string.Join('\n', text) + "\n"));
                    var plan = files.Plan(Block(wanted.Select(line => line.TrimStart()), ["stop();"]));
                    Assert.True(plan.IsEmpty);
                    Assert.Equal("ambiguous", Assert.Single(plan.Refusals).Code);
                },
                few: 50,
                many: 100
            );

    [Fact]
    public void A_loose_match_rewrites_no_line_the_block_does_not_change()
    {
        var files = Files.Of((Path, "\tconst name\u00A0= \u2018a\u2019;   \n\tconst size = 1;\n\tconst last = 2;\t\n"));
        var plan = files.Plan(
            Block(["const name = 'a';", "const size = 1;", "const last = 2;"], ["const name = 'a';", "const size = 10;", "const last = 2;"])
        );
        Assert.Equal("\tconst name\u00A0= \u2018a\u2019;   \n\tconst size = 10;\n\tconst last = 2;\t\n", files.Text(plan, Path));
        plan = files.Plan(
            Block(
                ["\tconst name = 'a';", "\tconst size = 1;", "\tconst last = 2;"],
                ["\tconst name = 'a';", "\tconst size = 10;", "\tconst last = 2;"]
            )
        );
        Assert.Equal("\tconst name\u00A0= \u2018a\u2019;   \n\tconst size = 10;\n\tconst last = 2;\t\n", files.Text(plan, Path));
    }

    [Theory]
    [InlineData("a.py")]
    [InlineData("a.yaml")]
    [InlineData("Makefile")]
    public void Where_indent_has_meaning_it_is_not_guessed(string path)
    {
        var files = Files.Of((path, "if ready:\n    first_call(one)\n        second_call(two)\n"));
        var plan = files.Plan($"{path}\n<<<<<<< SEARCH\nfirst_call(one)\nsecond_call(two)\n=======\nfirst_call(one)\n>>>>>>> REPLACE\n");
        Assert.Equal("not_found", Assert.Single(plan.Refusals).Code);
    }

    [Fact]
    public void A_line_number_chooses_the_nearest_place()
    {
        var files = Files.Of((Path, string.Concat(Enumerable.Range(1, 60).Select(i => i % 20 == 0 ? "same\n" : $"line {i}\n"))));
        string Plan(int line) =>
            files.Show(files.Plan($"{Path}\n<<<<<<< SEARCH\n:start_line:{line}\n-------\nsame\n=======\nother\n>>>>>>> REPLACE\n"));
        Assert.Contains("line 39\nother\nline 41", Plan(38));
        Assert.DoesNotContain("other", Plan(30));
    }

    [Fact]
    public void Hunks_in_order_are_looked_for_between_their_neighbours()
    {
        var files = Files.Of((Path, "one\nsame\ntwo\nsame\nthree\nsame\n"));
        var plan = files.Plan($"--- a/{Path}\n+++ b/{Path}\n@@\n-two\n+TWO\n@@\n-same\n+SAME\n@@\n-three\n+THREE\n");
        Assert.Equal("one\nsame\nTWO\nSAME\nTHREE\nsame\n", files.Text(plan, Path));
    }

    private static IEnumerable<string> Repeat(string line, int count) => Enumerable.Range(0, count).Select(i => $"{line} {i}");
}

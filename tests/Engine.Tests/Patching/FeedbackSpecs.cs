using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

public sealed class FeedbackSpecs
{
    private static readonly Files Shop = Files
        .Of(
            (
                "src/shop.js",
                "export class Shop {\n  constructor(items) {\n    this.items = items;\n  }\n\n  sum(from, to) {\n    const found = "
                    + "this.items.slice(from, to);\n    return found.length - 1;\n  }\n}\n"
            ),
            ("src/other.js", "export const secret = 'do not quote';\n")
        )
        .With("old.txt", [0xE9, .. "\nplain\n"u8]);

    private static string Say(string reply, bool complete = true, PatchPlan? staged = null, int most = 4200) =>
        PatchFeedback.Write(Shop.Plan(reply, complete, staged), Shop.Base, most);

    private static string Block(string path, string search, string replace) =>
        $"{path}\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n";

    [Fact]
    public void Lines_that_are_not_found_are_answered_with_the_nearest_ones() =>
        Assert.Equal(
            """
            1 block of your reply cannot be used. 1 other block is fine and is kept: do not send it again.

            Block 2, src/shop.js: The lines to change are not in src/shop.js. Copy them from the file exactly as they are.

            Block 2 searched for:
                const found = this.item.slice(from, to);
                return found.size - 1;
            The nearest lines in the file are, to be copied exactly:
                this.items = items;
              }

              sum(from, to) {
                const found = this.items.slice(from, to);
                return found.length - 1;
              }

              size() {
                return this.items.length;
              }

            Send only the corrected blocks, in the same form.

            """.Replace(
                "The nearest lines in the file are, to be copied exactly:\n",
                "The nearest lines in the file are, to be copied exactly:\n  constructor(items) {\n"
            ),
            Say(
                Block("src/shop.js", "  }\n}", "  }\n\n  size() {\n    return this.items.length;\n  }\n}")
                    + Block("src/shop.js", "    const found = this.item.slice(from, to);\n    return found.size - 1;", "    return 0;")
            )
        );

    public static TheoryData<string, string, string> Codes =>
        new()
        {
            { "ambiguous", Block("src/shop.js", "  }", "  };"), "stand 2 times in src/shop.js, at line 4, 9. Add lines above or below" },
            {
                "not_found",
                Block("src/shop.js", "    return found.length + 1;", "    return found.length - 1;"),
                "the new lines are there already"
            },
            { "unknown_file", Block("src/shelf.rb", "x", "y"), "There is no file src/shelf.rb. The nearest paths are: " },
            { "elision", "src/shop.js\n```js\nexport class Shop {\n  // ... existing code ...\n}\n```\n", "\"// ... existing code ...\"" },
            { "loss", "src/shop.js\n```js\n```\n", "Send the complete file, or only the lines that change as SEARCH/REPLACE" },
            { "kind", "diff --git a/logo.png b/logo.png\nGIT binary patch\nliteral 1\n", "Binary files are not changed by a patch." },
            { "size", $"src/new.js\n```js\n{new string('x', 1_000_001)}\n```\n", "a line of more than 1000000 characters" },
            {
                "encoding",
                Block("old.txt", "plain", "na\u00EFve"),
                "line 2 has the character U+00EF, but the file is in an unknown single-byte encoding; use ASCII in changed lines"
            },
            { "no_change", Block("src/shop.js", "    this.items = items;", "    this.items = items;"), "changes nothing" },
            { "malformed", "src/shop.js\n<<<<<<< SEARCH\nx\n>>>>>>> REPLACE\n", "has no ======= line" },
            { "path", Block(".git/config", "x", "y"), "a patch never changes files in .git" },
            { "exists", "*** Begin Patch\n*** Add File: src/Shop.js\n+x\n*** End Patch\n", "differs only in case from src/shop.js" },
            {
                "overlap",
                Block("src/shop.js", "    this.items = items;", "    this.items = [];")
                    + Block("src/shop.js", "    this.items = items;\n  }", "    this.items = {};\n  }"),
                "Block 2 and block 1 change the same lines (line 3)"
            },
        };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_says_what_is_wrong_and_what_to_do(string code, string reply, string says)
    {
        var plan = Shop.Plan(reply);
        Assert.Contains(plan.Refusals, refusal => refusal.Code == code);
        Assert.Contains(says, PatchFeedback.Write(plan, Shop.Base, 4200));
    }

    [Fact]
    public void A_reply_that_was_cut_is_no_mistake_of_form()
    {
        var said = Say("src/shop.js\n```js\nexport class", complete: false);
        Assert.StartsWith("Your reply reached its length limit and was cut off; answer more shortly or with fewer blocks.\n", said);
    }

    [Fact]
    public void The_second_failure_asks_for_the_whole_file()
    {
        var wrong = Block("src/shop.js", "nothing like it", "x");
        var first = Shop.Plan(wrong);
        Assert.Contains("Send only the corrected blocks", PatchFeedback.Write(first, Shop.Base, 4200));
        Assert.Contains("Send src/shop.js now as a whole", Say(wrong, staged: first));
        var good = Shop.Plan(wrong + Block("src/shop.js", "    this.items = items;", "    this.items = [];"), staged: first);
        Assert.Contains("Send only the corrected blocks", PatchFeedback.Write(good, Shop.Base, 4200));
    }

    [Fact]
    public void The_second_failure_for_a_long_file_shows_more_of_it_and_asks_for_one_block()
    {
        var files = Files.Of(
            ("long.js", string.Concat(Enumerable.Range(0, 600).Select(i => $"const value{i} = compute({i}, 'abcdefgh');\n")))
        );
        var wrong = Block("long.js", "const value300 = compute(300, 'abcdefgx');", "const value300 = 0;");
        var first = files.Plan(wrong);
        var (once, twice) = (
            PatchFeedback.Write(first, files.Base, 4200),
            PatchFeedback.Write(files.Plan(wrong, staged: first), files.Base, 4200)
        );
        Assert.Contains("value305 ", once);
        Assert.DoesNotContain("value306 ", once);
        Assert.Contains("value320 ", twice);
        Assert.EndsWith("Send only one block now, copied from the lines shown.\n", twice);
    }

    [Fact]
    public void What_to_do_now_is_said_however_little_room_there_is()
    {
        var reply = string.Concat(
            Enumerable.Range(0, 40).Select(i => Block("src/shop.js", $"    const found = this.item.slice(from, to); {i}", "x"))
        );
        Assert.EndsWith("\nSend only the corrected blocks, in the same form.\n", Say(reply, most: 500));
    }

    [Fact]
    public void A_hidden_value_is_not_shown_in_the_nearest_lines()
    {
        var files = Files.Of(
            (
                "config.js",
                "const a = 1;\nconst api_key = 'sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD';\nconst port = 8080;\nconst host = "
                    + "'localhost';\n"
            )
        );
        var plan = files.Plan(Block("config.js", "const prot = 8080;\nconst host = 'localhost';", "x"));
        Assert.DoesNotContain("sk-abcdef", PatchFeedback.Write(plan, files.Base, 4200));
    }

    [Fact]
    public void It_stays_within_its_limit_and_quotes_no_other_file() =>
        Gen.Select(Gen.Int[0, 2000], Gen.Int[1, 30])
            .Holds(
                (most, blocks) =>
                {
                    var reply = string.Concat(
                        Enumerable
                            .Range(0, blocks)
                            .Select(i => Block("src/shop.js", $"    const found = this.item.slice(from, to); {i}", new string('y', i * 50)))
                    );
                    var said = Say(reply, most: most);
                    Assert.True(said.Length <= most);
                    Assert.DoesNotContain("do not quote", said);
                    Assert.Equal(said, Say(reply, most: most));
                },
                few: 50,
                many: 100
            );
}

using System.Text.Json;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>A text that is not all there is not written, however small the file is: no end, most of it gone, or twice in it.</summary>
public sealed class LostTextSpecs
{
    private const string Text = "export function a() {\n  return 1;\n}\n\nexport function b() {\n  return 2;\n}\n";

    private static readonly string Changed = Text.Replace("return 1", "return 3", StringComparison.Ordinal);

    public static TheoryData<string, string> Open =>
        new()
        {
            { "a file", $"src/a.js\n```js\n{Changed}" },
            { "words behind it", $"src/a.js\n```js\n{Changed}\nThat is all.\n" },
            { "the path behind the fence", $"```js src/a.js\n{Changed}" },
            { "the path in a comment", $"```js\n// src/a.js\n{Changed}" },
            { "the next file with a word", $"src/a.js\n```js\n{Changed}\nsrc/b.js\n```js\nlet b;\n```\n" },
            { "the next file without a word", $"src/a.js\n```\n{Changed}\nsrc/b.js\n```\nlet b;\n```\n" },
            { "the next file's path behind its fence", $"src/a.js\n```js\n{Changed}\n```js src/b.js\nlet b;\n```\n" },
            { "the next file with an odd name", $"src/a.js\n```js\n{Changed}\nit's b.js\n```js\nlet b;\n```\n" },
            { "the next file with an odd name and no word", $"src/a.js\n```\n{Changed}\nit's b.js\n```\nlet b;\n```\n" },
            { "a file with an odd name", $"it's b.js\n```js\n{Changed}" },
            { "two open ones", $"src/a.js\n```js\n{Changed}\nsrc/b.js\n```js\nlet b;\n" },
            { "tildes and backticks", $"src/a.js\n~~~js\n{Changed}```\n" },
            { "four and three", $"src/a.js\n````js\n{Changed}```\n" },
            { "a fence in a tag", $"<file path=\"src/a.js\">\n```js\n{Changed}</file>\n" },
            { "a fence in a call", JsonSerializer.Serialize(new { path = "src/a.js", content = $"```js\n{Changed}" }) },
            { "an edit first", $"src/z.js\n<<<<<<< SEARCH\nz();\n=======\ny();\n>>>>>>> REPLACE\n\nsrc/a.js\n```js\n{Changed}" },
            { "a diff", "--- /dev/null\n+++ b/src/c.js\n@@ -0,0 +1,9 @@\n+a\n+b\n" },
            { "a document at its inner fence", "README.md\n```md\n# A\n\n```sh\nls\n```\n\nc\n" },
            { "a new document", "docs/n.md\n```md\n# A\n\n```sh\nls\n```\n\nc\n" },
            { "a document, then a file", $"README.md\n```md\n# A\n\n```sh\nls\n```\n\nsrc/b.js\n```js\nlet b;\n```\n" },
        };

    /// <summary>In a run the file behind it is taken; here everything is read as one text that its sender calls whole.</summary>
    [Theory]
    [MemberData(nameof(Open))]
    public void A_file_whose_end_is_missing_is_refused(string name, string reply)
    {
        foreach (var there in new[] { true, false })
        {
            var files = Files.Of(
                ("src/a.js", Text),
                ("src/z.js", "z();\n"),
                ("README.md", "# A\n\nb\n"),
                ("it's b.js", Text),
                (there ? "src/b.js" : "src/x.js", "let b = 1;\n")
            );
            var plan = files.Plan(reply);
            Assert.Contains(plan.Refusals, refusal => refusal.Code == "cut");
            Assert.DoesNotContain(plan.Files, file => file.Path is "src/a.js" or "README.md" or "docs/n.md" or "src/c.js" or "it's b.js");
            Assert.All(plan.Files.Where(file => file.Path == "src/b.js"), file => Assert.Equal("let b;\n", files.Text(plan, file.Path)));
        }
        _ = name;
    }

    [Fact]
    public void The_only_file_needs_the_end_of_its_fence_too() =>
        Assert.Equal("cut", Assert.Single(Files.Of(("src/a.js", Text)).Plan($"```js\n{Changed}").Refusals).Code);

    [Fact]
    public void Output_without_an_end_is_no_file() =>
        Assert.Empty(Files.Of(("src/a.js", Text)).Plan($"src/a.js\n```js\n{Changed}```\n\nThe output is now:\n```text\n3\n").Refusals);

    public static TheoryData<string, string, string> Small
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var count in new[] { 3, 4, 5, 8, 19, 40 })
            {
                var lines = string.Concat(Enumerable.Range(0, count).Select(i => $"function f{i}() {{}}\n"));
                rows.Add("a.js", lines, "function f0() { return 1; }\n");
            }
            rows.Add("a.js", string.Concat(Enumerable.Repeat("\n", 30)) + "a();\nb();\nc();\n", "a(1);\n");
            rows.Add("a.md", string.Concat(Enumerable.Repeat(new string('x', 300) + "\n", 2)), "x\n");
            rows.Add("a.json", $"{{\"a\": [{string.Join(", ", Enumerable.Range(0, 200))}]}}\n", "{}\n");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void A_small_file_is_not_lost(string path, string before, string after)
    {
        foreach (
            var reply in new[]
            {
                $"{path}\n```\n{after}```\n",
                $"<file path=\"{path}\">\n{after}</file>\n",
                JsonSerializer.Serialize(new { path, content = after }),
                $"*** Begin Patch\n*** Add File: {path}\n+{after}*** End Patch\n",
                $"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{after}",
            }
        )
        {
            var files = Files.Of((path, before));
            Assert.Equal("loss", Assert.Single(files.Plan(reply).Refusals).Code);
            Assert.Equal(after, files.Text(files.Plan(reply, options: new(MayDelete: true)), path));
        }
    }

    [Theory]
    [InlineData("a();\nb();\n", "a(1);\n")]
    [InlineData("a();\nb();\nc();\nd();\n", "a(1);\nb();\n")]
    [InlineData("{}\n", "{\"a\": 1}\n")]
    public void A_file_that_has_little_to_lose_may_be_changed(string before, string after)
    {
        var files = Files.Of(("a.js", before), ("z.js", ""));
        Assert.Equal(after, files.Text(files.Plan($"a.js\n```js\n{after}```\n"), "a.js"));
    }

    [Theory]
    [InlineData("a.js\n<<<<<<< SEARCH\n=======\n{0}>>>>>>> REPLACE\n")]
    [InlineData("a.js\n```js\n<<<<<<< SEARCH\n=======\n{0}>>>>>>> REPLACE\n```\n")]
    public void A_whole_file_below_an_empty_SEARCH_is_the_whole_file(string reply)
    {
        var files = Files.Of(("a.js", Text));
        var plan = files.Plan(reply.Replace("{0}", Changed, StringComparison.Ordinal));
        Assert.Empty(plan.Refusals);
        Assert.Equal(Changed, files.Text(plan, "a.js"));
    }

    [Fact]
    public void What_is_in_the_file_is_not_added_to_its_end()
    {
        var many = string.Concat(Enumerable.Range(0, 12).Select(i => $"function f{i}() {{}}\n"));
        var part = string.Concat(many.Split('\n').Take(4).Select(line => line + "\n"));
        var files = Files.Of(("a.js", many));
        foreach (
            var reply in new[]
            {
                $"a.js\n<<<<<<< SEARCH\n=======\n{part}>>>>>>> REPLACE\n",
                $"*** Begin Patch\n*** Update File: a.js\n@@\n{Added(many)}*** End Patch\n",
            }
        )
        {
            Assert.Equal("malformed", Assert.Single(files.Plan(reply).Refusals).Code);
        }
        var more = files.Plan("a.js\n<<<<<<< SEARCH\n=======\nfunction g() {\n  f1();\n}\n>>>>>>> REPLACE\n");
        Assert.Equal(many + "function g() {\n  f1();\n}\n", files.Text(more, "a.js"));
    }

    private static string Added(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => $"+{line}\n"));

    [Theory]
    [InlineData("\uFEFFone\n2\n")]
    [InlineData("one\n2\n")]
    public void A_mark_in_a_reply_is_the_files_own(string text)
    {
        var files = Files.Of([KeyValuePair.Create("a.cs", System.Text.Encoding.UTF8.GetBytes("\uFEFFone\r\ntwo\r\n"))]);
        byte[] after = System.Text.Encoding.UTF8.GetBytes("\uFEFFone\r\n2\r\n");
        var first = text[..^3];
        foreach (
            var reply in new[]
            {
                $"a.cs\n```\n{text}```\n",
                JsonSerializer.Serialize(new { path = "a.cs", content = text }),
                $"a.cs\n<<<<<<< SEARCH\n{first}\ntwo\n=======\n{first}\n2\n>>>>>>> REPLACE\n".Replace(
                    "\n\n",
                    "\n",
                    StringComparison.Ordinal
                ),
                $"*** Begin Patch\n*** Update File: a.cs\n@@\n {first.TrimEnd('\n')}\n-two\n+2\n*** End Patch\n",
                $"--- a/a.cs\n+++ b/a.cs\n@@ -1,2 +1,2 @@\n {first.TrimEnd('\n')}\r\n-two\r\n+2\r\n",
            }
        )
        {
            var plan = files.Plan(reply);
            Assert.Empty(plan.Refusals);
            Assert.Equal(after, files.After(plan)["a.cs"]);
        }
        var fresh = Files.Of(("z.cs", "")).Plan($"a.cs\n```\n{text}```\n");
        Assert.Equal("one\n2\n", Files.Of(("z.cs", "")).Text(fresh, "a.cs"));
    }

    /// <summary>The line that the file's encoding cannot hold is named as an editor counts it.</summary>
    [Fact]
    public void Lines_are_counted_from_1()
    {
        var files = Files.Of([KeyValuePair.Create("a.c", (byte[])[.. "caf"u8, 0xE9, .. "\ntwo\n"u8])]);
        Assert.Contains("line 2", Assert.Single(files.Plan("a.c\n```c\ncaf\u00E9\nn\u00E8\n```\n").Refusals).Message);
        Assert.Contains("line 1", Assert.Single(files.Plan("a.c\n```c\nn\u00E8\ntwo\n```\n").Refusals).Message);
    }
}

using System.Text.Json;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>An edit that is only shown is never carried out: in a document, in a comment, in a thought, in a text that describes
/// it.</summary>
public sealed class ShownEditSpecs
{
    private const string Code = "let size = 1;\n",
        Search = "src/a.js\n<<<<<<< SEARCH\nlet size = 1;\n=======\nlet size = 2;\n>>>>>>> REPLACE\n",
        Patch = "*** Begin Patch\n*** Update File: src/a.js\n@@\n-let size = 1;\n+let size = 2;\n*** End Patch\n",
        Diff = "--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-let size = 1;\n+let size = 2;\n",
        Whole = "src/a.js\n```js\nlet size = 2;\n```\n",
        Tags = "<edit path=\"src/a.js\">\n<old_text>\nlet size = 1;\n</old_text>\n<new_text>\nlet size = 2;\n</new_text>\n</edit>\n";

    private static readonly string[] Edits = [Search, Patch, Diff, Whole, Tags, $"```\n{Search}```\n", $"```diff\n{Diff}```\n"];

    public static TheoryData<string, string> Documents
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var path in new[] { "docs/e.md", "docs/e.txt", "docs/e.rst", "fix.patch", "tests/fixtures/e.txt" })
            {
                foreach (var edit in Edits)
                {
                    rows.Add(path, edit);
                    rows.Add(path, $"# How to edit\n\nWrite this:\n\n{edit}\nThat is all.\n");
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_is_written_and_its_example_is_not_carried_out(string path, string text)
    {
        foreach (
            var reply in new[]
            {
                $"{path}\n`````md\n{text}`````\n",
                $"```````md {path}\n{text}```````\n",
                $"<file path=\"{path}\">\n{text}</file>\n",
                JsonSerializer.Serialize(new Dictionary<string, string> { ["path"] = path, ["content"] = text }),
                $"*** Begin Patch\n*** Add File: {path}\n{Added(text)}*** End Patch\n",
            }
        )
        {
            var files = Files.Of(("src/a.js", Code));
            var plan = files.Plan(reply);
            Assert.DoesNotContain(plan.Files, file => file.Path == "src/a.js");
            Assert.True(plan.Refusals.Count > 0 || files.Text(plan, path) == text, reply);
        }
    }

    private static string Added(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => $"+{line}\n"));

    [Theory]
    [InlineData("<!--\n", "-->\n")]
    [InlineData("I think.\n<think>\n", "</think>\nNothing to do.\n")]
    [InlineData("Well.\n<reasoning>\n", "</reasoning>\n")]
    [InlineData("One could write\n\n`````md\nText\n\n", "`````\n")]
    [InlineData("For example:\n\n````\nThis is how it is done:\n\n", "````\n")]
    [InlineData("```markdown\n# How\n\n", "```\n")]
    public void What_is_hidden_or_described_is_not_carried_out(string above, string below)
    {
        foreach (var edit in new[] { Search, Patch, Diff, Tags })
        {
            Assert.True(Files.Of(("src/a.js", Code)).Plan(above + edit + below).IsEmpty, above + edit + below);
        }
    }

    [Fact]
    public void What_stands_beside_it_counts()
    {
        var files = Files.Of(("src/a.js", Code), ("b.txt", "b\n"));
        var plan = files.Plan($"<!--\n{Search}-->\n<think>\n{Patch}</think>\nb.txt\n<<<<<<< SEARCH\nb\n=======\nB\n>>>>>>> REPLACE\n");
        Assert.Equal("b.txt", Assert.Single(plan.Files).Path);
        Assert.Equal("B\n", files.Text(plan, "b.txt"));
    }

    [Fact]
    public void An_example_in_a_string_of_code_is_text_or_refused()
    {
        var files = Files.Of(("src/a.js", Code));
        var plan = files.Plan($"src/help.js\n```js\nexport const HELP = `\n{Search}`;\n```\n");
        Assert.DoesNotContain(plan.Files, file => file.Path == "src/a.js");
    }

    /// <summary>An edit of a document is one, in each form.</summary>
    [Theory]
    [InlineData("docs/e.md\n```md\n<<<<<<< SEARCH\nOld.\n=======\nNew.\n>>>>>>> REPLACE\n```\n")]
    [InlineData("```md\ndocs/e.md\n<<<<<<< SEARCH\nOld.\n=======\nNew.\n>>>>>>> REPLACE\n```\n")]
    [InlineData("<file path=\"docs/e.md\">\n<<<<<<< SEARCH\nOld.\n=======\nNew.\n>>>>>>> REPLACE\n</file>\n")]
    [InlineData("docs/e.md\n```diff\n@@ -3 +3 @@\n-Old.\n+New.\n```\n")]
    [InlineData("docs/e.md\n```\n--- a/docs/e.md\n+++ b/docs/e.md\n@@ -3 +3 @@\n-Old.\n+New.\n```\n")]
    [InlineData("<file path=\"docs/e.md\">\n<old_text>\nOld.\n</old_text>\n<new_text>\nNew.\n</new_text>\n</file>\n")]
    [InlineData("{\"path\": \"docs/e.md\", \"content\": \"<<<<<<< SEARCH\\nOld.\\n=======\\nNew.\\n>>>>>>> REPLACE\\n\"}\n")]
    public void An_edit_of_the_document_itself_is_carried_out(string reply)
    {
        var files = Files.Of(("docs/e.md", "# E\n\nOld.\n"), ("src/a.js", Code));
        var plan = files.Plan(reply);
        Assert.Empty(plan.Refusals);
        Assert.Equal("# E\n\nNew.\n", files.Text(plan, "docs/e.md"));
    }

    [Fact]
    public void An_edit_of_a_document_with_words_beside_it_is_not_its_text()
    {
        var plan = Files
            .Of(("docs/e.md", "# E\n\nOld.\n"))
            .Plan("docs/e.md\n```\n<<<<<<< SEARCH\nOld.\n=======\nNew.\n>>>>>>> REPLACE\nI only changed one line.\n```\n");
        Assert.True(plan.IsEmpty);
        Assert.Equal("malformed", Assert.Single(plan.Refusals).Code);
    }
}

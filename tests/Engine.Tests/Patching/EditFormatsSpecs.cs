using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Patching.Parsing;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>The forms of edits are one list, and what reads a line first has it.</summary>
public sealed class EditFormatsSpecs
{
    private const string Search = "<<<<<<< SEARCH\none\n=======\ntwo\n>>>>>>> REPLACE\n";

    [Fact]
    public void Each_form_is_there_once_under_its_own_name() =>
        Assert.Equal(
            typeof(IEditFormat)
                .Assembly.GetTypes()
                .Where(type => type.IsClass && typeof(IEditFormat).IsAssignableFrom(type))
                .OrderBy(type => type.Name, StringComparer.Ordinal),
            EditFormats
                .All.DistinctBy(format => format.Name)
                .Select(format => format.GetType())
                .OrderBy(type => type.Name, StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** End Patch\n")]
    [InlineData("a.txt\n" + Search)]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n")]
    [InlineData("```\na.txt\n" + Search + "```\n")]
    [InlineData("<file path=\"a.txt\">\n" + Search + "</file>\n")]
    [InlineData("{\"path\": \"a.txt\", \"diff\": \"@@ -1 +1 @@\\n-one\\n+two\\n\"}")]
    public void An_envelope_leaves_the_edit_in_it_to_its_form(string reply)
    {
        var block = Assert.IsType<ReplaceBlock>(Assert.Single(PatchParser.ParseReply(reply, complete: true).Blocks));
        Assert.Equal(("a.txt", "one\n", "two\n"), (block.Path, block.Search, block.Replace));
    }

    /// <summary>A line that two forms could read belongs to the earlier one of the list.</summary>
    [Theory]
    [InlineData("*** Begin Patch\n*** Add File: a.txt\n+<<<<<<< SEARCH\n+--- a/b\n+```\n*** End Patch\n", "<<<<<<< SEARCH\n--- a/b\n```\n")]
    [InlineData("<file path=\"a.txt\">\nx\n</file>\n", "x\n")]
    [InlineData("a.txt\n```json\n{\"path\": \"b\", \"content\": \"c\"}\n```\n", "{\"path\": \"b\", \"content\": \"c\"}\n")]
    [InlineData("<tool_call>{\"path\": \"a.txt\", \"content\": \"<file>\\n\"}</tool_call>\n", "<file>\n")]
    public void The_first_form_that_reads_a_line_has_it(string reply, string text) =>
        Assert.Equal(text, Assert.IsType<WriteBlock>(Assert.Single(PatchParser.ParseReply(reply, complete: true).Blocks)).Text);
}

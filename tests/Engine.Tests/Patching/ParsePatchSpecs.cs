using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>When the caller says "this is a patch", it must be a whole one.</summary>
public sealed class ParsePatchSpecs
{
    private const string Good = "*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+uno\n*** End Patch";

    [Theory]
    [InlineData(Good)]
    [InlineData("```\n" + Good + "\n```")]
    [InlineData("cd x && apply_patch <<'EOF'\n" + Good + "\nEOF\n")]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+uno\n")]
    [InlineData("```diff\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+uno\n```\n")]
    public void A_whole_patch_is_read(string text) =>
        Assert.Equal("one\n", Assert.IsType<ReplaceBlock>(Assert.Single(PatchParser.ParsePatch(text).Blocks)).Search);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("a.txt\n```\nuno\n```\n")]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+uno\n")]
    [InlineData("*** Update File: a.txt\n@@\n-one\n+uno\n*** End Patch")]
    [InlineData("*** Begin Patch\n*** End Patch")]
    public void Anything_else_is_malformed(string text)
    {
        var parsed = PatchParser.ParsePatch(text);
        Assert.Empty(parsed.Blocks);
        Assert.Equal("malformed", Assert.Single(parsed.Refusals).Code);
    }

    [Fact]
    public void Its_hunks_stand_in_file_order()
    {
        const string Backwards = "*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+dos\n@@\n-one\n+uno\n*** End Patch";
        var files = Files.Of(("a.txt", "one\ntwo\n"));
        Assert.Equal(
            "not_found",
            Assert.Single(PatchPlanner.Plan(PatchParser.ParsePatch(Backwards), files.Base, null, new()).Refusals).Code
        );
        Assert.Empty(files.Plan(Backwards).Refusals);
    }

    [Fact]
    public void Limits_are_refused_before_anything_is_read()
    {
        Assert.Equal("size", Assert.Single(PatchParser.ParseReply(new string('x', (4 << 20) + 1), true).Refusals).Code);
        var many = PatchParser.ParseReply(
            string.Concat(Enumerable.Repeat("a.txt\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n", 1001)),
            true
        );
        Assert.Equal((1000, "size"), (many.Blocks.Count, many.Refusals.Single().Code));
        var files = Files.Of(("a.txt", "one\n"));
        Assert.Equal(
            "size",
            Assert.Single(files.Plan($"a.txt\n```\n{new string('x', 2000)}\n```\n", options: new(MostBytes: 1000)).Refusals).Code
        );
        Assert.Equal(
            "size",
            Assert
                .Single(
                    files.Plan("b.txt\n```\n" + new string('\n', 1) + string.Concat(Enumerable.Repeat("x\n", 200_001)) + "```\n").Refusals
                )
                .Code
        );
    }
}

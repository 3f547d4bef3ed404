using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>What a hunk that is decided after the run does to the text that is there now.</summary>
public sealed class AppliedHunkSpecs
{
    private const string Old = "a\nb\nc\nd\ne\nf\ng\n";
    private const string New = "a\nB\nc\nd\ne\nF\nf2\ng\n";
    private static readonly PatchFile File = new("x.txt", FileChange.Modified, "", [new("h1", 2, 1, 2, 1), new("h2", 6, 1, 6, 2)], 3, 2);

    [Theory]
    [InlineData(new[] { "h2" }, "a\nB\nc\nd\ne\nf\ng\n")]
    [InlineData(new[] { "h1" }, "a\nb\nc\nd\ne\nF\nf2\ng\n")]
    [InlineData(new[] { "h1", "h2" }, Old)]
    [InlineData(new string[0], New)]
    public void A_text_without_some_hunks(string[] leftOut, string expected) =>
        Assert.Equal(expected, AppliedHunk.State(File, new("x.txt", Old, New), leftOut.ToHashSet())["x.txt"]);

    /// <summary>Where no line feed is, a carriage return ends a line: for who made the hunks and for who shows them.</summary>
    [Theory]
    [InlineData("a\rb\rc\r", "a\rB\rc\rd\r", "a\rb\rc\rd\r")]
    [InlineData("a\r\nb\r\nc", "a\r\nB\r\nc\r\nd", "a\r\nb\r\nc\r\nd")]
    public void A_face_cuts_lines_as_the_engine_does(string old, string now, string expected)
    {
        Hunk[] hunks = [new("h1", 2, 1, 2, 1), new("h2", 3, 1, 3, 2)];
        Assert.Equal(expected, HunkText.Without(new("x.txt", old, now), hunks, new HashSet<string> { "h1" }));
    }

    [Theory]
    [InlineData(FileChange.Added, null, "new\n", true, null)]
    [InlineData(FileChange.Added, null, "new\n", false, "new\n")]
    [InlineData(FileChange.Deleted, "old\n", null, true, "old\n")]
    [InlineData(FileChange.Deleted, "old\n", null, false, null)]
    public void A_file_that_comes_or_goes_is_one_hunk(FileChange change, string? old, string? now, bool leftOut, string? expected)
    {
        var file = new PatchFile("x.txt", change, "", [new("h1", 0, 0, 1, 1)], 1, 0);
        Assert.Equal(expected, AppliedHunk.State(file, new("x.txt", old, now), leftOut ? new HashSet<string> { "h1" } : [])["x.txt"]);
    }

    [Fact]
    public void A_move_that_is_left_out_stands_at_its_old_place()
    {
        var file = new PatchFile(
            "new.txt",
            FileChange.Moved,
            "",
            [new("h0", 0, 0, 0, 0, "moved from old.txt"), new("h1", 2, 1, 2, 1)],
            1,
            1,
            "old.txt"
        );
        var texts = new PatchText("new.txt", "a\nb\nc\n", "a\nB\nc\n");
        Assert.Equivalent(
            new Dictionary<string, string?> { ["old.txt"] = "a\nb\nc\n", ["new.txt"] = null },
            AppliedHunk.State(file, texts, new HashSet<string> { "h0" })
        );
        Assert.Equivalent(
            new Dictionary<string, string?> { ["old.txt"] = null, ["new.txt"] = "a\nb\nc\n" },
            AppliedHunk.State(file, texts, new HashSet<string> { "h1" })
        );
    }

    [Theory]
    [InlineData("a\n", "b\n", "a\n", true, "b\n")]
    [InlineData("a\n", null, "a\n", true, null)]
    [InlineData(null, "b\n", null, true, "b\n")]
    [InlineData("a\n", null, "mine\n", false, "mine\n")]
    [InlineData("a\n", "b\n", null, false, null)]
    [InlineData("1\n2\n3\n4\n", "1\n2\n3\nx\n", "mine\n2\n3\n4\n", true, "mine\n2\n3\nx\n")]
    [InlineData("1\n2\n3\n", "1\nx\n3\n", "1\nmine\n3\n", false, "1\nmine\n3\n")]
    public void What_the_user_wrote_since_is_never_lost(string? before, string? after, string? now, bool fits, string? expected)
    {
        Assert.Equal(fits, AppliedHunk.TryMerge(before, after, now, out var merged));
        Assert.Equal(expected, merged);
    }
}

using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class ReplyFieldsSpecs
{
    [Theory]
    [InlineData("STEP: one\nSTEP: two\nFILE: a.cs")]
    [InlineData("Here is my plan.\n\n**STEP:** one\n**STEP:** two\n- FILE: a.cs\n\nGood luck!")]
    [InlineData("1. Step: one\n2. Step: two\nfile : a.cs")]
    [InlineData("STEPS:\n- one\n- two\nFILES:\n1. a.cs")]
    [InlineData("""{"steps": ["one", "two"], "files": ["a.cs"]}""")]
    [InlineData("```json\n{\"step\": [\"one\", \"two\"], \"file\": \"a.cs\", // why not\n}\n```\nDone.")]
    [InlineData("{\"other\": 1} then {\"Steps\": [\"one\", \"two\"], \"Files\": [\"a.cs\"]")]
    public void Lines_and_JSON_read_the_same(string reply)
    {
        var fields = ReplyFields.Read(reply, "step", "file");
        Assert.Equal(["one", "two"], fields.All("step"));
        Assert.Equal("a.cs", fields.Last("file"));
    }

    [Fact]
    public void An_object_reads_like_a_line_of_text() =>
        Assert.Equal(
            ["high | data is lost", "low | slow"],
            ReplyFields
                .Read("""{"risks": [{"level": "high", "text": "data is lost"}, {"level": "low", "text": "slow"}]}""", "risk")
                .All("risk")
        );

    [Fact]
    public void Of_several_the_last_counts() =>
        Assert.Equal("reject", ReplyFields.Read("VERDICT: approve\nno, wait\nVERDICT: reject", "verdict").Last("verdict"));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{{{{\"a\": [[[")]
    [InlineData("no field here: none")]
    public void Rubbish_has_no_fields(string reply) => Assert.Null(ReplyFields.Read(reply, "step").Last("step"));

    [Fact]
    public void A_megabyte_of_braces_is_read_in_no_time()
    {
        var reply = string.Concat(Enumerable.Repeat("{\"", 100_000));
        Assert.Empty(ReplyFields.Read(reply, "step").All("step"));
    }
}

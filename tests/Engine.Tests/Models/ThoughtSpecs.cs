using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class ThoughtSpecs
{
    public static TheoryData<string, string, string> Replies =>
        new()
        {
            { "<think>hm</think>\n\nYes.", "Yes.", "hm" },
            { "\n<think>\nhm\n</think>Yes.", "Yes.", "\nhm\n" },
            { "[THINK]hm[/THINK]Yes.", "Yes.", "hm" },
            { "<thinking>hm</thinking>Yes.", "Yes.", "hm" },
            { "<|channel|>analysis<|message|>hm<|channel|>final<|message|>Yes.", "Yes.", "hm" },
            { "One.\n<think>hm</think>\nTwo.", "One.\nTwo.", "hm" },
            { "<think>a</think><think>b</think>Yes.", "Yes.", "ab" },
            { "<think>a < b </thi </think>Yes.", "Yes.", "a < b </thi " },
            { "The tag <think> begins a thought, </think> ends it.", "The tag <think> begins a thought, </think> ends it.", "" },
            { "```html\n<think>\n</think>\n```\n", "```html\n<think>\n</think>\n```\n", "" },
            { "<thin", "<thin", "" },
            { "if (a <\nb)", "if (a <\nb)", "" },
            { "", "", "" },
        };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reasoning_in_tags_is_no_text_however_the_reply_is_cut_up(string reply, string text, string thought) =>
        Gen.Int[1, 12].Array[1, 40].Holds(sizes => Assert.Equal((text, text, thought), Split(Pieces(reply, sizes))), few: 100, many: 200);

    [Fact]
    public async Task A_closing_tag_that_nothing_opened_ends_reasoning_that_began_at_once()
    {
        await using var asking = await Asking.StartAsync(
            "let me see\n</think>\n\nYes.",
            "hm\n</think>\nNo.",
            "Neither.",
            "<think>hm</think>Both."
        );

        Assert.Equal("Yes.", (await asking.AskAsync()).Text);
        var before = (asking.Heard.AllText, asking.Heard.AllThought);
        Assert.Equal("No.", (await asking.AskAsync()).Text);
        Assert.Equal((before.AllText + "No.", before.AllThought + "hm\n"), (asking.Heard.AllText, asking.Heard.AllThought));
        Assert.Equal("Neither.", (await asking.AskAsync()).Text);
        Assert.Equal("Both.", (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task A_reply_that_ends_inside_of_reasoning_has_answered_nothing()
    {
        await using var asking = await Asking.StartAsync("<think>I could say yes, but");

        Assert.Equal(("", ReplyEnd.Length), await asking.AskAsync() is var reply ? (reply.Text, reply.End) : default);
    }

    private static IEnumerable<string> Pieces(string text, int[] sizes)
    {
        for (int start = 0, i = 0; start < text.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], text.Length - start);
            yield return text.Substring(start, size);
            start += size;
        }
    }

    private static (string Text, string Heard, string Thought) Split(IEnumerable<string> pieces)
    {
        var (heard, thought) = ("", "");
        var split = new ThoughtSplit(startsInside: false, piece => heard += piece, piece => thought += piece);
        foreach (var piece in pieces)
        {
            split.Push(piece);
        }
        split.End();
        return (split.Text, heard, thought);
    }
}

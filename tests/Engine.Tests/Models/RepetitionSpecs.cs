using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class RepetitionSpecs
{
    private const string Line = "        { \"some\", \"row\", \"of\", \"a\", \"table\", 0 },\n";

    [Fact]
    public void The_same_long_line_six_times_is_a_circle() => Assert.NotNull(Watch("", Repeat(Line, 6)));

    [Fact]
    public void Five_times_may_be_meant() => Assert.Null(Watch("", Repeat(Line, 5)));

    [Fact]
    public void Short_lines_may_come_as_often_as_they_like() => Assert.Null(Watch("", Repeat("}\n", 20)));

    [Fact]
    public void What_the_prompt_repeats_the_reply_may_repeat() => Assert.Null(Watch(Repeat(Line, 3), Repeat(Line, 8)));

    [Fact]
    public void The_same_words_without_any_line_break_are_a_circle() =>
        Assert.NotNull(Watch("", Repeat("and then we have to look at it once more and then ", 40)));

    [Fact]
    public void Blanks_are_no_circle() => Assert.Null(Watch("", new string(' ', 5000)));

    [Fact]
    public void A_text_that_goes_on_is_none_however_long() =>
        Gen.Int[1, 60]
            .Holds(
                size =>
                    Assert.Null(
                        Watch(
                            "",
                            string.Concat(
                                Enumerable
                                    .Range(0, 600)
                                    .Select(number => $"line {number}: {number * 7919 % 1009} of many, and all of them different\n")
                            ),
                            size
                        )
                    ),
                few: 10,
                many: 20
            );

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string? Watch(string prompt, string reply, int size = 7)
    {
        var watch = new RepetitionWatch([new(PromptRole.User, prompt)]);
        return reply.Chunk(size).Select(piece => watch.Push(new string(piece))).FirstOrDefault(found => found is not null);
    }
}

using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Tests.Prompts;

public sealed class ExcerptSpecs
{
    private static readonly string Long = string.Join(
        '\n',
        Enumerable.Range(1, 2_000).Select(line => line == 1_200 ? "export function roundPrice(price) {" : $"const other{line} = {line};")
    );

    [Fact]
    public void The_lines_a_task_speaks_of_are_shown_with_their_numbers_and_what_stands_around()
    {
        var text = Excerpt.Of("src/shop.js", Long, "roundPrice is wrong", 430);

        Assert.StartsWith(
            "<file path=\"src/shop.js\" lines=\"1192-1208 of 2000\">\nconst other1192 = 1192;\n",
            text,
            StringComparison.Ordinal
        );
        Assert.EndsWith("const other1208 = 1208;\n</file>\n", text, StringComparison.Ordinal);
        Assert.Contains("\nexport function roundPrice(price) {\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("at f (file:///w/src/shop.js:77:5)")]
    [InlineData("src/shop.js(77,5): error TS2304")]
    [InlineData("File \"src/shop.js\", line 77, in f")]
    public void Lines_that_a_failure_names_come_first(string failure) =>
        Assert.StartsWith(
            "<file path=\"src/shop.js\" lines=\"69-85 of 2000\">",
            Excerpt.Of("src/shop.js", Long, failure, 350),
            StringComparison.Ordinal
        );

    [Fact]
    public void Parts_that_meet_are_one_and_the_order_is_that_of_the_file()
    {
        var text = Excerpt.Of("a.js", Long, "a.js:900 a.js:910 a.js:100", 960);

        Assert.Equal(
            ["lines=\"92-108 of 2000\"", "lines=\"892-918 of 2000\""],
            text.Split('\n').Where(line => line.StartsWith("<file", StringComparison.Ordinal)).Select(line => line[18..^1])
        );
    }

    [Fact]
    public void Without_a_hint_it_begins_at_the_top_and_it_never_takes_more_than_it_may()
    {
        foreach (var most in (int[])[0, 100, 1_000, 5_000, 1_000_000])
        {
            var text = Excerpt.Of("a.js", Long, "", most);
            Assert.True(most < 300 || text.StartsWith("<file path=\"a.js\" lines=\"1-", StringComparison.Ordinal), text);
            Assert.True(text.Length <= most + 100, $"{text.Length} of {most}");
        }
        Assert.Equal("", Excerpt.Of("a.js", new string('x', 5_000), "x", 1_000));
    }
}

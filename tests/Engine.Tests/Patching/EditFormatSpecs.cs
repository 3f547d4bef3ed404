using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

public sealed class EditFormatSpecs
{
    private static readonly string Short = string.Concat(Enumerable.Repeat("const a = 1;\n", 100)),
        Long = string.Concat(Enumerable.Repeat("const a = 1;\n", 301));

    [Fact]
    public void A_file_that_fits_is_asked_for_as_a_whole_and_a_long_one_in_parts()
    {
        Assert.Equal(EditForm.WholeFile, EditFormat.Choose(new("a.js", null), 10));
        Assert.Equal(EditForm.WholeFile, EditFormat.Choose(new("a.js", Short), 2000));
        Assert.Equal(EditForm.SearchReplace, EditFormat.Choose(new("a.js", Short), 400));
        Assert.Equal(EditForm.SearchReplace, EditFormat.Choose(new("a.js", Long), 2000));
        Assert.Equal(EditForm.WholeFile, EditFormat.Choose(new("a.js", Long, SearchFailed: true), 2000));
        Assert.Equal(EditForm.SearchReplace, EditFormat.Choose(new("a.js", Short, SearchFailed: true, WholeWasCut: true), 2000));
    }

    [Fact]
    public void The_words_for_a_whole_file() =>
        Assert.Equal(
            """
            Whole file: write the file's path on its own line, then one fenced block with the complete new text of the file.
            Example:
            example_of_the_form.py
            ```python
            total = price * count
            ```
            A new file is always sent as a whole. Write every line out: never put "..." or a comment in place of code.

            """,
            EditFormat.Describe([new("src/a.py", "x = 1\n")], 2000)
        );

    [Fact]
    public void Two_forms_are_told_file_by_file_and_a_file_with_fences_gets_a_longer_fence()
    {
        var said = EditFormat.Describe([new("src/a.js", Short), new("README.md", "````js\nx\n````\n" + Long)], 2000);
        Assert.Contains("- src/a.js: whole file\n- README.md: SEARCH/REPLACE\n", said);
        Assert.Contains(
            "example_of_the_form.js\n`````javascript\n<<<<<<< SEARCH\nconst total = price + count;\n=======\nconst total = price * "
                + "count;\n>>>>>>> REPLACE\n`````\n",
            said
        );
        Assert.True(said.Length < 350 * 3.5, $"{said.Length} characters");
    }

    /// <summary>What we ask for must be what we read.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_example_is_read_as_a_block_and_means_nothing_beside_a_real_one(bool whole)
    {
        var files = Files.Of(("src/a.py", "x = 1\n"));
        var example = EditFormat.Describe([new("src/a.py", whole ? Short : Long)], 2000);
        Assert.Equal("unknown_file", Assert.Single(files.Plan(example).Refusals).Code);
        var plan = files.Plan(example + "\nsrc/a.py\n```python\nx = 2\n```\n");
        Assert.Empty(plan.Refusals);
        Assert.Equal("== src/a.py\nx = 2\n|\n", files.Show(plan));
    }
}

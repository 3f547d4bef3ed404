using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Instructions are what every request pays for: what they may cost, in estimated tokens.</summary>
public sealed class InstructionSpecs
{
    private const int MostTokens = 1_200,
        MostOfFormat = 350;

    [Fact]
    public async Task The_product_s_words_and_the_question_of_any_stage_are_short()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            .. Says.AllVote("approve"),
            Says.Checklist("Correct double.js"),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        await bench.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(10, bench.Server.Chats.Count);
        foreach (var chat in bench.Server.Chats)
        {
            // The analysis asks in the message of the facts; everywhere else the question is a message of its own.
            var question = chat.LastUserText[Math.Max(0, chat.LastUserText.IndexOf("## Question", StringComparison.Ordinal))..];
            Assert.InRange(TokenEstimate.Of($"{chat.Messages[0].Text}\n{question}", 1), 100, MostTokens);
        }
    }

    [Fact]
    public void The_form_of_edits_is_explained_in_few_words_whatever_the_files()
    {
        var small = new EditTarget("src/small.cs", "class Small;\n");
        var large = new EditTarget("src/large.cs", string.Concat(Enumerable.Repeat("// line\n", 2_000)));
        foreach (
            var files in (IReadOnlyList<EditTarget>[])
                [
                    [],
                    [small],
                    [large],
                    [small, large, new("docs/new.md", null)],
                ]
        )
        {
            Assert.InRange(TokenEstimate.Of(EditFormat.Describe(files, 2_000), 1), 30, MostOfFormat);
        }
    }
}

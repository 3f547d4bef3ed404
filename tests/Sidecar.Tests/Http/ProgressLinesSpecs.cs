using CodexSidecar.Contracts;
using CodexSidecar.Faces.Http;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Http;

public sealed class ProgressLinesSpecs
{
    private const string Said = "The three lines\nare   right\n\n```tool\nnow";

    [Fact]
    public void However_a_reply_is_cut_into_pieces_its_lines_are_the_same()
    {
        string[] expected = ["The three lines\n", "are right\n", "`\u200b``tool\n", "now\n"];
        for (var size = 1; size <= Said.Length; size++)
        {
            var shown = new List<string>();
            var lines = new ProgressLines(shown.Add);
            foreach (var piece in Said.Chunk(size))
            {
                lines.Add(new MessageAdded("m1", new(piece)));
            }
            lines.Close();
            Assert.Equal(expected, shown);
        }
    }

    [Fact]
    public void Another_reply_or_another_event_ends_a_line_and_silent_events_do_not()
    {
        var shown = new List<string>();
        var lines = new ProgressLines(shown.Add);
        lines.Add(new ThoughtAdded("m1", "one "));
        lines.Add(new StageFinished(Stage.Plan, 1, StageOutcome.Ok));
        lines.Add(new ThoughtAdded("m1", "line"));
        lines.Add(new ThoughtAdded("m2", "two"));
        lines.Add(new StageStarted(Stage.Patch, 1));
        lines.Add(new MessageAdded("m3", new string('x', 5_000)));
        lines.Add(new MessageAdded("m3", " and its end\n"));
        Assert.Equal(["one line\n", "two\n", "Stage 4 of 7: patch\n", $"{new string('x', 198)}…\n"], shown);
    }
}

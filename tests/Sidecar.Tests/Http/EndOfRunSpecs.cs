using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Http;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Http;

/// <summary>
/// A task over HTTP while the disk of the state folder fills up: whoever reads its answer gets an end, wherever that happens.
/// </summary>
public sealed class EndOfRunSpecs
{
    [Theory]
    [InlineData("write session.json")]
    [InlineData("write run.json")]
    [InlineData("write RunStarted")]
    [InlineData("keep after")]
    [InlineData("write RunFinished")]
    public async Task An_answer_ends_and_says_why(string from)
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        var settings = bench.Settings with { Workspace = bench.Workspace.Path, TestCommand = "true" };
        await using var registry = new RunRegistry(
            new HttpOrder(settings, 0, new AccessToken("token", null)),
            bench.Home,
            TimeProvider.System,
            fault => fault
        );
        bench.Disk.FailAt(1, isFullFromThen: true, step => step == from);

        var run = registry.Join("task", new RunRequest("double(2) is 5, it must be 4.", settings), null, isRetry: false);
        await run.Work.WaitAsync(TestContext.Current.CancellationToken);

        var said = "";
        for (var index = 0; await PieceAsync(run, index) is { Kind: not AnswerPieceKind.End } piece; index++)
        {
            said += piece.Text;
        }
        Assert.True(run.Answer.IsEnded);
        // Everything but the last line of the log is there: the answer is as ever.
        Assert.Contains(from == "write RunFinished" ? "double.js" : "The disk is full", said, StringComparison.Ordinal);
    }

    private static Task<AnswerPiece?> PieceAsync(LiveRun run, int index) =>
        run.Answer.AtAsync(index, TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
}

using CodexSidecar.Contracts;
using CodexSidecar.Faces.Cli;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

public sealed class AskingSpecs
{
    private static readonly PatchProposed Patch = new("p1", 1, [RunTales.RangeFile]);

    [Theory]
    [InlineData("y\ny\n", true, true)]
    [InlineData("y\nn\n", true, false)]
    [InlineData("n\ny\n", false, true)]
    [InlineData("a\n", true, true)]
    [InlineData("d\n", false, false)]
    [InlineData("y\nd\n", true, false)]
    [InlineData("what?\n\n Y \nn\n", true, false)]
    [InlineData("y\n", true, false)]
    [InlineData("", false, false)]
    public async Task Each_hunk_is_asked_about_and_the_end_of_input_means_no(string typed, bool first, bool second)
    {
        var (answer, shown) = await AskAsync(AskSubject.Patch, typed);
        Assert.Equal([new HunkDecision("h1", first), new HunkDecision("h2", second)], answer.Hunks);
        Assert.Equal((first || second, AnsweredBy.User), (answer.Allowed, answer.By));
        Assert.Contains("+  if (!text.includes('-')) return null;", shown);
    }

    [Fact]
    public async Task A_hunk_is_shown_with_its_own_lines_only()
    {
        var (_, shown) = await AskAsync(AskSubject.Patch, "n\nn\n");
        Golden.Matches("hunks", shown);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("n\n", false)]
    [InlineData("", false)]
    public async Task A_command_is_allowed_only_by_a_yes(string typed, bool allowed)
    {
        var (answer, shown) = await AskAsync(AskSubject.Command, typed);
        Assert.Equal(new Answer(allowed, AnsweredBy.User), answer);
        Assert.Contains("npm test␛[2K [y/n]", shown);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_and_the_run_goes_on_nothing_is_called_not_allowed()
    {
        var error = new StringWriter();
        var terminal = new Terminal
        {
            Out = TextWriter.Null,
            Error = error,
            In = TextReader.Null,
        };
        var question = new PermissionAsked("a1", null, AskSubject.Plan, Risk.Medium, "Go on?", "no quorum.", GoesOn: true);
        var answer = await new Asking(terminal).AskAsync(question, null, TestContext.Current.CancellationToken);
        Assert.Equal(new Answer(false, AnsweredBy.Face), answer);
        Assert.Equal("Nobody can be asked here, so the run goes on: Go on? (no quorum)", error.ToString().Trim());
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_the_answer_is_no_in_one_visible_line()
    {
        var error = new StringWriter();
        var terminal = new Terminal
        {
            Out = TextWriter.Null,
            Error = error,
            In = TextReader.Null,
        };
        var answer = await new Asking(terminal).AskAsync(Question(AskSubject.Command), null, TestContext.Current.CancellationToken);
        Assert.Equal(new Answer(false, AnsweredBy.Face), answer);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
        Assert.Contains("npm test", error.ToString());
    }

    [Fact]
    public async Task A_cancelled_run_does_not_wait_for_the_keyboard()
    {
        using var cancelled = new CancellationTokenSource();
        var asked = new Asking(Keyboard(new NeverTyped(), new StringWriter())).AskAsync(
            Question(AskSubject.Command),
            null,
            cancelled.Token
        );
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private static async Task<(Answer Answer, string Shown)> AskAsync(AskSubject subject, string typed)
    {
        var shown = new StringWriter { NewLine = "\n" };
        var answer = await new Asking(Keyboard(new StringReader(typed), shown)).AskAsync(
            Question(subject),
            Patch,
            TestContext.Current.CancellationToken
        );
        return (answer, shown.ToString());
    }

    private static Terminal Keyboard(TextReader typed, TextWriter shown) =>
        new()
        {
            Out = TextWriter.Null,
            Error = shown,
            In = typed,
            CanAsk = true,
        };

    private static PermissionAsked Question(AskSubject subject) => new("a1", null, subject, Risk.Low, "npm test\e[2K", "the level asks");

    private sealed class NeverTyped : TextReader
    {
        private readonly ManualResetEventSlim never = new();

        public override string? ReadLine()
        {
            never.Wait(TestContext.Current.CancellationToken);
            return null;
        }
    }
}

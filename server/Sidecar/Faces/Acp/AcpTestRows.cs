using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>A run of the tests as a client draws it.</summary>
internal static class AcpTestRows
{
    /// <summary>The output is sent whole each time, so not with every piece of it: after so long, or when so much of it is new.</summary>
    private static readonly TimeSpan TestPause = TimeSpan.FromMilliseconds(500);
    private const int TestNews = TestTail / 2;
    private const int TestTail = 16 << 10;

    public static (AcpView, IReadOnlyList<SessionUpdate>) Text(AcpView view, TestsOutput e, DateTimeOffset at)
    {
        var callId = CallOf(view, e.Attempt);
        view = view with { TestOutput = Tail(view.TestOutput + e.Text), TestUnshown = view.TestUnshown + e.Text.Length };
        return at - view.TestShownAt < TestPause && view.TestUnshown < TestNews
            ? (view, [new ToolCallUpdate(callId)])
            : (
                view with
                {
                    TestShownAt = at,
                    TestUnshown = 0,
                },
                [new ToolCallUpdate(callId, Content: AcpRows.Text(AcpWords.Block(view.TestOutput)))]
            );
    }

    public static (AcpView, IReadOnlyList<SessionUpdate>) End(AcpView view, TestsFinished e)
    {
        var callId = CallOf(view, e.Attempt);
        var passed = e.Result.Outcome == TestOutcome.Passed;
        var failures = AcpWords.Failures(e.Result);
        return (
            view.Close(callId),
            [
                new ToolCallUpdate(
                    callId,
                    passed ? "completed" : "failed",
                    failures.Length == 0 && view.TestUnshown == 0
                        ? null
                        :
                        [
                            .. failures.Length == 0 ? [] : AcpRows.Text(failures),
                            .. view.TestOutput.Length == 0 ? [] : AcpRows.Text(AcpWords.Block(view.TestOutput)),
                        ],
                    new AcpTestCounts(e.Result.Passed, e.Result.Failed, e.Result.Skipped, e.Result.ExitCode)
                ),
            ]
        );
    }

    public static string CallOf(AcpView view, int attempt) => view.CallId($"tests-{attempt}");

    private static string Tail(string text) => text.Length <= TestTail ? text : text[^TestTail..];
}

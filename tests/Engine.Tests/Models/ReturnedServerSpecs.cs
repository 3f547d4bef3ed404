using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>A server that is started anew in the middle of a run need not have the window it had before.</summary>
public sealed class ReturnedServerSpecs
{
    private const string Title = "The model server came back with another context window";

    /// <summary>Window before and after, and how the run meets the restart.</summary>
    [Theory]
    [InlineData(8192, 16_384, "loading")]
    [InlineData(8192, 16_384, "cut off")]
    [InlineData(16_384, 8192, "loading")]
    [InlineData(16_384, 8192, "cut off")]
    [InlineData(8192, 8192, "loading")]
    public async Task The_window_of_a_server_that_comes_back_is_asked_for_again(int before, int after, string restart)
    {
        var isBack = false;
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, Says.Patch("double.js", RunBench.Solved)],
                Paths = ServerPages.LlamaCpp(before),
                Quirk = (request, reply) =>
                {
                    if (request.Path == "/props" && isBack)
                    {
                        return new FakeReply { Body = ServerPages.LlamaCpp(after)["/props"].GetRawText() };
                    }
                    if (isBack || !request.LastUserText.Contains("Plan the change", StringComparison.Ordinal))
                    {
                        return reply;
                    }
                    isBack = true;
                    return restart == "loading" ? ServerErrors.Loading.Refused : reply with { CutAfter = 300 };
                },
            }
        )
        {
            Time = new FakeTime(skip: TimeSpan.FromSeconds(5)),
        };

        var end = await bench.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(end.Stop is StopReason.Done, $"{end.Stop}: {end.Message}");
        Assert.Equal([before, after, after], bench.Events.OfType<UsageCounted>().Select(counted => counted.Size));
        Assert.Equal(
            before == after ? [] : [$"{bench.Server.BaseUrl} had {before:N0} tokens before and has {after:N0} now."],
            bench.Events.OfType<NoticeRaised>().Where(notice => notice.Title == Title).Select(notice => notice.Description)
        );
        // Only where there is a reason to: two looks, one at the beginning and one behind the restart.
        Assert.Equal(2, bench.Server.Requests.Count(request => request.Path == "/props"));
    }

    [Fact]
    public async Task A_window_that_the_user_gave_stays()
    {
        await using var asking = await Asking.StartAsync(
            new FakeScript { Rules = [new(ServerErrors.Loading.Refused) { Times = 1 }, new("ok")], Paths = ServerPages.LlamaCpp(16_384) },
            (EndpointFinder.WindowVariable, "5000")
        );

        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Equal(5000, asking.Connection.Profile.Window);
    }

    /// <summary>What an error of the old one showed is not true of the new one.</summary>
    [Fact]
    public async Task A_window_seen_in_an_error_is_that_of_the_server_that_said_it()
    {
        var window = 16_384;
        await using var asking = await Asking.StartAsync(
            new FakeScript
            {
                Rules =
                [
                    new(ServerErrors.PromptTooLong(9000, 6000).Refused) { Times = 1 },
                    new(ServerErrors.Loading.Refused) { Times = 1 },
                    new("ok"),
                ],
                Paths = ServerPages.LlamaCpp(window),
                Quirk = (request, reply) =>
                    request.Path == "/props"
                        ? new FakeReply { Body = ServerPages.LlamaCpp(Volatile.Read(ref window))["/props"].GetRawText() }
                        : reply,
            }
        );

        Assert.Equal(ModelFault.Context, (await asking.FailAsync()).Fault);
        Assert.Equal(6000, asking.Connection.Profile.Window);
        window = 12_288;
        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Equal(12_288, asking.Connection.Profile.Window);
    }
}

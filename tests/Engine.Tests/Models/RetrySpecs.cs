using CodexSidecar.Engine.Models;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class RetrySpecs
{
    /// <summary>For a short prompt to a model of which nothing is measured and which may still have to be loaded.</summary>
    private static readonly TimeSpan FirstByteLimit = TimeSpan.FromSeconds(30 + (5 * 60));
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_may_pass_is_tried_four_times_with_growing_waits(int status)
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Status = status, Text = "not now" }));

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.Broken, failed.Fault);
        Assert.Contains($"{status}: not now", failed.Message);
        Assert.Contains(asking.Server.BaseUrl, failed.Message);
        Assert.Equal(4, asking.Server.Chats.Count);
        Assert.Collection(
            asking.Time.Skipped,
            wait => Assert.InRange(wait.TotalSeconds, 0.4, 0.6),
            wait => Assert.InRange(wait.TotalSeconds, 0.8, 1.2),
            wait => Assert.InRange(wait.TotalSeconds, 1.6, 2.4)
        );
        Assert.Equal(3, asking.Heard.Notices.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    [InlineData(302)]
    public async Task What_will_not_pass_is_tried_once(int status)
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Status = status, Body = "never" }));

        Assert.Equal(ModelFault.Refused, (await asking.FailAsync()).Fault);
        Assert.Single(asking.Server.Chats);
    }

    [Fact]
    public async Task The_server_may_say_how_long_to_wait()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Status = 429,
                Headers = new Dictionary<string, string> { ["Retry-After"] = "3" },
            },
            "ok"
        );

        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Equal([TimeSpan.FromSeconds(3)], asking.Time.Skipped);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_a_minute_for_it()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Status = 429,
                Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" },
            },
            "ok"
        );

        Assert.Equal(ModelFault.Broken, (await asking.FailAsync()).Fault);
        Assert.Single(asking.Server.Chats);
    }

    [Fact]
    public async Task A_connection_cut_before_any_text_is_tried_again()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply { Text = "lost", CutAfter = 20 },
            new FakeReply { Body = "" },
            "kept"
        );

        Assert.Equal("kept", (await asking.AskAsync()).Text);
        Assert.Equal("kept", asking.Heard.AllText);
    }

    [Fact]
    public async Task A_connection_cut_after_text_is_repeated_once_and_told()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "half a sentence",
                Pieces = 4,
                CutAfter = 300,
            },
            "a whole one"
        );

        var reply = await asking.AskAsync();

        Assert.Equal("a whole one", reply.Text);
        Assert.StartsWith("The reply broke off: ", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task A_connection_cut_again_and_again_is_given_up()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(
                new FakeReply
                {
                    Text = "half a sentence",
                    Pieces = 4,
                    CutAfter = 300,
                }
            )
        );

        Assert.Equal(ModelFault.Broken, (await asking.FailAsync()).Fault);
        Assert.Equal(2, asking.Server.Chats.Count);
    }

    [Theory]
    [InlineData(503, "Loading model")]
    [InlineData(404, "model is not loaded yet")]
    public async Task A_model_that_is_being_loaded_is_waited_for(int status, string text)
    {
        var loading = new FakeReply { Status = status, Text = text };
        await using var asking = await Asking.StartAsync(loading, loading, loading, loading, loading, "ok");

        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(2), 5), asking.Time.Skipped);
        Assert.StartsWith("The model is being loaded: ", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task It_is_not_waited_for_for_ever()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Status = 503, Text = "Loading model" }));

        Assert.Equal(ModelFault.Timeout, (await asking.FailAsync()).Fault);
        Assert.Equal(TimeSpan.FromMinutes(2), asking.Time.Skipped.Aggregate((a, b) => a + b));
    }

    [Fact]
    public async Task A_server_that_went_away_is_looked_for_for_a_minute()
    {
        await using var asking = await Asking.StartAsync("never said");
        await asking.Server.StopListeningAsync();

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.Unreachable, failed.Fault);
        Assert.StartsWith($"No model server answers at {asking.Server.BaseUrl} (", failed.Message);
        // A connection that was still open when the server went is reset first, which costs one short wait, and no more than one.
        Assert.InRange(asking.Time.Skipped.Count(wait => wait <= TimeSpan.FromSeconds(1)), 0, 1);
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(5), 12), asking.Time.Skipped.Where(wait => wait > TimeSpan.FromSeconds(1)));
        Assert.StartsWith("The model server went away: ", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task A_server_that_comes_back_is_asked_again()
    {
        await using var asking = await Asking.StartAsync("back");
        await asking.Server.StopListeningAsync();
        asking.Heard.OnNotice = asking.Server.ListenAgain;

        Assert.Equal("back", (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task Any_byte_before_the_first_token_is_a_sign_of_life()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Body = ": ping\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\n",
                Pieces = 8,
                Gates = new Dictionary<int, string> { [0] = "ping", [1] = "text" },
            }
        );
        var asked = asking.AskAsync();
        foreach (var gate in new[] { "ping", "text" })
        {
            await asking.Server.ReachedAsync(gate);
            await asking.Time.SetAsync(FirstByteLimit);
            asking.Time.Advance(FirstByteLimit - TimeSpan.FromSeconds(1));
            asking.Server.Open(gate);
        }

        Assert.Equal("ok", (await asked).Text);
    }

    [Fact]
    public async Task A_reply_that_stands_still_is_begun_again()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "half",
                Finish = null,
                Usage = null,
                Done = false,
                Hang = true,
            },
            "whole"
        );
        var asked = asking.AskAsync();
        await asking.Time.SetAsync(IdleLimit);
        asking.Time.Advance(IdleLimit);

        Assert.Equal("whole", (await asked).Text);
        Assert.StartsWith("The reply broke off: ", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task While_the_model_reads_there_is_a_sign_of_life_every_second()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "ok",
                Gates = new Dictionary<int, string> { [0] = "reading" },
            }
        );
        var asked = asking.AskAsync();
        await asking.Server.ReachedAsync("reading");
        await asking.Time.SetAsync(FirstByteLimit);
        asking.Time.Advance(TimeSpan.FromSeconds(3));
        asking.Server.Open("reading");
        await asked;

        Assert.Equal(["waiting", "waiting", "waiting", "waiting", "decode 0.00~"], asking.Heard.Phases);
    }
}

using CodexSidecar.Engine.Models;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class CassetteSpecs : IDisposable
{
    private static readonly ModelPrompt Plan = Asking.Prompt("a task\nin two lines");

    private readonly string folder = Directory.CreateTempSubdirectory("cassettes-").FullName;

    private string Tape => Path.Join(folder, "tape.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_recording_gives_the_same_answers_without_any_server()
    {
        var answers = await RecordAsync(
            new FakeReply
            {
                Text = "plan\nend",
                Thought = "hm",
                Usage = new(900, 5, 800),
            },
            new FakeReply { Text = "vote", Finish = "length" }
        );

        await using var replay = await ReplayAsync();
        var heard = new Heard();
        List<ModelReply> again =
        [
            await replay.AskAsync(Plan, heard, Asking.Token),
            await replay.AskAsync(Plan with { Purpose = "vote:qa" }, heard, Asking.Token),
        ];
        replay.Finish();

        Assert.Equal(answers, again);
        Assert.Equal(("plan\nendvote", "hm"), (heard.AllText, heard.AllThought));
        Assert.Equal(
            ("fake-model", "cassette, recorded from fake-model", 4096),
            (replay.Profile.Model, replay.Profile.Display, replay.Profile.Window)
        );
        Assert.Empty(replay.Profile.Notices);
    }

    [Fact]
    public async Task Equal_questions_have_their_answers_in_order_and_others_in_any()
    {
        await RecordAsync("one", "two", "other");

        await using var replay = await ReplayAsync();
        Assert.Equal("other", (await replay.AskAsync(Plan with { Purpose = "vote:qa" }, new Heard(), Asking.Token)).Text);
        Assert.Equal("one", (await replay.AskAsync(Plan, new Heard(), Asking.Token)).Text);
        Assert.Equal("two", (await replay.AskAsync(Plan, new Heard(), Asking.Token)).Text);
        replay.Finish();

        async Task<IReadOnlyList<ModelReply>> RecordAsync(params FakeReply[] replies)
        {
            await using var server = new FakeModelServer(FakeScript.InOrder(replies));
            await using var live = await ModelConnection.OpenAsync(Recording(server), TimeProvider.System, Asking.Token);
            return
            [
                await live.AskAsync(Plan, new Heard(), Asking.Token),
                await live.AskAsync(Plan, new Heard(), Asking.Token),
                await live.AskAsync(Plan with { Purpose = "vote:qa" }, new Heard(), Asking.Token),
            ];
        }
    }

    [Fact]
    public async Task A_changed_prompt_is_named_with_message_line_and_column()
    {
        await RecordAsync("plan", "vote");

        await using var replay = await ReplayAsync();
        var mismatch = await Assert.ThrowsAsync<CassetteMismatchException>(() =>
            replay.AskAsync(Asking.Prompt("a task\nin twelve lines"), new Heard(), Asking.Token)
        );

        Assert.Equal(
            "The recording does not know this question ('plan'). Message 2 (user) differs first in line 2, column 6:\n  recorded: "
                + "in two lines\n  asked:    in twelve lines",
            mismatch.Message
        );
    }

    [Theory]
    [InlineData("repair:1", 1000, "It goes on with 'plan'.")]
    [InlineData(
        "plan",
        999,
        "The texts are equal, but recorded was max 1000 tokens, temperature 0.2, seed 7, no schema, asked is max 999 tokens, "
            + "temperature 0.2, seed 7, no schema."
    )]
    public async Task Other_differences_are_named_too(string purpose, int tokens, string reason)
    {
        await RecordAsync("plan", "vote");

        await using var replay = await ReplayAsync();
        var mismatch = await Assert.ThrowsAsync<CassetteMismatchException>(() =>
            replay.AskAsync(Plan with { Purpose = purpose, MaxOutputTokens = tokens }, new Heard(), Asking.Token)
        );

        Assert.EndsWith(reason, mismatch.Message);
    }

    [Fact]
    public async Task What_was_not_asked_for_is_missed_at_the_end()
    {
        await RecordAsync("plan", "vote");

        await using var replay = await ReplayAsync();
        await replay.AskAsync(Plan, new Heard(), Asking.Token);

        Assert.Equal(
            "The run did not ask for everything that was recorded: 1 exchange is left, the first of them 'vote:qa'.",
            Assert.Throws<CassetteMismatchException>(replay.Finish).Message
        );
    }

    [Fact]
    public async Task A_text_is_stored_once()
    {
        await RecordAsync("plan", "vote");

        Assert.Single(File.ReadAllLines(Tape), line => line.Contains("You are careful."));
    }

    [Fact]
    public async Task A_failed_question_fails_again()
    {
        await using (var server = new FakeModelServer(FakeScript.Always(new FakeReply { Status = 413, Text = "no" })))
        await using (var live = await ModelConnection.OpenAsync(Recording(server), TimeProvider.System, Asking.Token))
        {
            await Assert.ThrowsAsync<ModelException>(() => live.AskAsync(Plan, new Heard(), Asking.Token));
        }

        await using var replay = await ReplayAsync();
        var fault = await Assert.ThrowsAsync<ModelException>(() => replay.AskAsync(Plan, new Heard(), Asking.Token));

        Assert.Equal((ModelFault.Refused, "the model server refuses the request (413: no)."), (fault.Fault, fault.Message));
    }

    [Fact]
    public async Task A_window_that_shrank_in_the_run_shrinks_in_the_replay()
    {
        await using (
            var server = new FakeModelServer(
                FakeScript.Always(new FakeReply { Status = 400, Text = "maximum context length is 3500 tokens" })
            )
        )
        await using (var live = await ModelConnection.OpenAsync(Recording(server), TimeProvider.System, Asking.Token))
        {
            await Assert.ThrowsAsync<ModelException>(() => live.AskAsync(Plan, new Heard(), Asking.Token));
        }

        await using var replay = await ReplayAsync();
        Assert.Equal(4096, replay.Profile.Window);
        Assert.Equal(
            ModelFault.Context,
            (await Assert.ThrowsAsync<ModelException>(() => replay.AskAsync(Plan, new Heard(), Asking.Token))).Fault
        );
        Assert.Equal(3500, replay.Profile.Window);
    }

    [Fact]
    public async Task No_secret_and_no_address_is_in_a_recording()
    {
        var secret = "sk-" + new string('a', 40);
        await using var server = new FakeModelServer(FakeScript.Always("Use " + secret));
        var settings = Recording(server) with { Variable = name => name == "CODEX_SIDECAR_API_KEY" ? "my-own-key" : null };
        await using (var live = await ModelConnection.OpenAsync(settings, TimeProvider.System, Asking.Token))
        {
            await live.AskAsync(Asking.Prompt("key = " + secret), new Heard(), Asking.Token);
        }

        Assert.True(server.Chats.Single().HasKey("my-own-key"));
        Assert.DoesNotContain(secret, server.Chats.Single().Body);
        var tape = await File.ReadAllTextAsync(Tape, Asking.Token);
        Assert.Contains("[redacted:api_key]", tape);
        foreach (var hidden in new[] { secret, "my-own-key", "127.0.0.1", server.Port.ToString() })
        {
            Assert.DoesNotContain(hidden, tape);
        }
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Tape));
        }
    }

    [Fact]
    public async Task Every_exchange_is_in_every_file_as_soon_as_it_is_answered()
    {
        await using var server = new FakeModelServer(FakeScript.Always("ok"));
        var second = Path.Join(folder, "deep", "second.jsonl");
        await using var live = await ModelConnection.OpenAsync(
            Recording(server) with
            {
                RecordTo = [Tape, second],
                RecordLabel = "written for this sample",
            },
            TimeProvider.System,
            Asking.Token
        );
        await live.AskAsync(Plan, new Heard(), Asking.Token);

        // The connection is still open.
        Assert.Equal(File.ReadAllText(Tape), File.ReadAllText(second));
        await using var replay = await ModelConnection.OpenAsync(
            Recording(server) with
            {
                Cassette = second,
                RecordTo = [],
            },
            TimeProvider.System,
            Asking.Token
        );
        Assert.Equal("cassette, written for this sample", replay.Profile.Display);
        Assert.Equal("ok", (await replay.AskAsync(Plan, new Heard(), Asking.Token)).Text);
    }

    [Fact]
    public async Task A_replay_recorded_is_the_same_recording()
    {
        await RecordAsync("plan", "vote");
        var copy = Path.Join(folder, "copy.jsonl");

        await using (
            var replay = await ModelConnection.OpenAsync(Replaying() with { RecordTo = [copy] }, TimeProvider.System, Asking.Token)
        )
        {
            await replay.AskAsync(Plan, new Heard(), Asking.Token);
            await replay.AskAsync(Plan with { Purpose = "vote:qa" }, new Heard(), Asking.Token);
        }

        Assert.Equal(File.ReadAllText(Tape), File.ReadAllText(copy));
    }

    [Fact]
    public async Task Estimates_in_a_replay_are_those_of_the_run()
    {
        await using var server = new FakeModelServer(FakeScript.Always(new FakeReply { Text = "ok", Usage = new(3000, 1) }));
        await using var live = await ModelConnection.OpenAsync(Recording(server), TimeProvider.System, Asking.Token);
        var question = Asking.Prompt(new string('a', 4000));
        await live.AskAsync(question, new Heard(), Asking.Token);

        await using var replay = await ReplayAsync();
        await replay.AskAsync(question, new Heard(), Asking.Token);

        Assert.NotEqual(TokenEstimate.Of("some text", 1), live.Estimate("some text"));
        Assert.Equal(live.Estimate("some text"), replay.Estimate("some text"));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{\"text\":{\"hash\":\"a\",\"text\":\"b\"}}\n", "line 1: not the header of a recording")]
    [InlineData("{\"header\":{\"format\":9,\"later\":true}}\n", "line 1: written by a newer version (format 9; this one reads 1)")]
    [InlineData("HEADER\n{\"exchange\":\n", "line 2: ")]
    [InlineData("HEADER\n\n{}\n", "line 3: not a line of a recording")]
    [InlineData(
        "HEADER\n{\"exchange\":{\"key\":\"k\",\"purpose\":\"plan\",\"messages\":[{\"role\":\"user\",\"text\":\"0123\"}],"
            + "\"options\":{\"maxOutputTokens\":1,\"temperature\":0,\"seed\":0},\"text\":\"\",\"end\":\"stop\",\"milliseconds\":1}}\n",
        "line 2: the text 0123 is not in the file"
    )]
    public async Task A_broken_recording_is_refused_with_its_line(string text, string reason)
    {
        File.WriteAllText(
            Tape,
            text.Replace("HEADER", """{"header":{"format":1,"product":"0.1.0","label":"l","model":"m","window":4096,"tokenFactor":1}}""")
        );

        var refused = await Assert.ThrowsAsync<FormatException>(ReplayAsync);

        Assert.Contains(Tape, refused.Message);
        Assert.Contains(reason, refused.Message);
    }

    [Fact]
    public async Task A_recording_that_is_not_there_is_named() =>
        Assert.Contains(Tape, (await Assert.ThrowsAsync<FormatException>(ReplayAsync)).Message);

    private async Task<IReadOnlyList<ModelReply>> RecordAsync(params FakeReply[] replies)
    {
        await using var server = new FakeModelServer(FakeScript.InOrder(replies));
        await using var live = await ModelConnection.OpenAsync(Recording(server), TimeProvider.System, Asking.Token);
        return
        [
            await live.AskAsync(Plan, new Heard(), Asking.Token),
            await live.AskAsync(Plan with { Purpose = "vote:qa" }, new Heard(), Asking.Token),
        ];
    }

    private Task<ModelConnection> ReplayAsync() => ModelConnection.OpenAsync(Replaying(), TimeProvider.System, Asking.Token);

    private ModelSettings Replaying() => new(null, null, null, Tape, [], null, "", _ => null) { Ports = [] };

    private ModelSettings Recording(FakeModelServer server) => new(server.BaseUrl, null, null, null, [Tape], null, "", _ => null);
}

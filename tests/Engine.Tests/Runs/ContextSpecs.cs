using System.Globalization;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Whatever the project and however much the model looks around: every prompt fits the window, and what is left out is
/// said.</summary>
public sealed class ContextSpecs
{
    private const int Before = 2_000,
        After = 1_000;

    /// <summary>Characters that servers with a smaller window than they say do not take.</summary>
    private const int TooLong = 9_000;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4_096)]
    [InlineData(8_192)]
    [InlineData(32_768)]
    public async Task Every_prompt_of_a_run_fits_with_its_reply(int window)
    {
        string Read(int round) =>
            string.Concat(
                Enumerable
                    .Range(0, 4)
                    .Select(number =>
                        $$"""{"tool":"read_file","path":"double.js","lines":"{{(number * 400) + round}}-{{(number * 400) + 390}}"}""" + "\n"
                    )
            );
        await using var bench = Bench(
            window,
            [
                Says.Rule("Which files matter", Read(1)),
                .. Enumerable.Range(2, 3).Select(round => Says.Rule("Result of read_file", Read(round)).Once()),
                Says.Rule("Result of read_file", "FILE: double.js\nFILE: double.test.js\nFILE: notes.txt"),
                Says.Plan("double.js"),
                Says.Patch("double.js", Edit("n * 3")).Once(),
                Says.Repair("double.js", "").With(Edit("n * 2", "n * 3")),
            ]
        );

        var outcome = await bench.RunAsync(Patience);

        Assert.True(outcome.Stop is StopReason.Done, $"{outcome.Stop}: {outcome.Message}");
        Assert.All(bench.Server.Chats, chat => Assert.InRange(Tokens(chat), 1, window));
        Assert.Contains("export const double = (n) => n * 2;", bench.Workspace.Read("double.js"), StringComparison.Ordinal);
        Assert.Equal(Before + After + 1, bench.Workspace.Read("double.js").TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task Of_a_file_that_is_too_long_the_parts_that_matter_are_shown_and_only_parts_are_asked_for()
    {
        await using var bench = Bench(8_192, [.. Says.Begin, Says.Rule("Carry out the plan", Edit("n * 2"))]);

        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);

        var asked = bench.Server.Chats[^1];
        var facts = asked.Messages[1].Text;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"of {Before + After + 2}\">"), facts, StringComparison.Ordinal);
        Assert.Contains("export const double = (n) => n + n + 1;", facts, StringComparison.Ordinal);
        Assert.Contains("only these lines are shown", facts, StringComparison.Ordinal);
        Assert.Contains("SEARCH/REPLACE: ", asked.LastUserText, StringComparison.Ordinal);
        Assert.DoesNotContain("Whole file: ", asked.LastUserText, StringComparison.Ordinal);
    }

    /// <summary>How servers refuse a prompt that is too long.</summary>
    public static TheoryData<int, string> Overflows =>
        new()
        {
            {
                400,
                """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}"""
            },
            { 400, "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens" },
            {
                422,
                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 9000 `inputs` tokens and 1000 "
                    + "`max_new_tokens`"
            },
            { 500, "no user query found in messages" },
            { 400, """{"error":"Cannot truncate prompt with n_keep (9000) >= n_ctx (4096)"}""" },
            { 400, "The decoder prompt (length 9000) is longer than the maximum model length of 4096." },
            { 422, "Input validation error: `inputs` must have less than 4096 tokens. Given: 9000" },
            { 400, """{"detail":"Prompt length 9000 is greater than max_seq_len 4096"}""" },
            {
                400,
                """{"error":{"message":"Input tokens exceed what is set up.","type":"invalid_request_error","code":"context_length_exceeded"}}"""
            },
            // Nothing says that it was the prompt: only when it fails again and again is less tried.
            { 500, """{"error":{"code":500,"message":"context shift is disabled","type":"server_error"}}""" },
            { 400, """{"error":"The model has crashed without additional information. (Exit code: null)"}""" },
            {
                200,
                "event: error\ndata: {\"error\":{\"message\":\"Trying to keep the first 9000 tokens when context the overflows. "
                    + "However, the model is loaded with context length of only 4096 tokens\"}}\n\n"
            },
        };

    [Theory]
    [MemberData(nameof(Overflows))]
    public async Task A_prompt_that_is_refused_as_too_long_is_made_shorter(int status, string text)
    {
        await using var bench = Bench(8_192, [.. Says.Begin, Says.Rule("Carry out the plan", Edit("n * 2"))], (request, reply) => Length(
                request
            ) <= TooLong
                ? reply
                : new FakeReply
                {
                    Status = status,
                    Text = text,
                    Body = text.StartsWith('e') || text.StartsWith('{') ? text : null,
                });

        var outcome = await bench.RunAsync(Patience);

        Assert.True(outcome.Stop is StopReason.Done, $"{outcome.Stop}: {outcome.Message}");
        Assert.Contains(bench.Server.Chats, chat => Length(chat) > TooLong);
        Assert.Contains(bench.Events.OfType<NoticeRaised>(), notice => notice.Title == "The prompt did not fit");
        Assert.All(bench.Server.Chats, chat => Assert.True(chat.Json!.ContainsKey("stream_options")));
    }

    /// <summary>As Ollama does with a prompt that is longer than its context.</summary>
    [Fact]
    public async Task A_server_that_drops_the_beginning_without_a_word_is_found_out()
    {
        await using var bench = Bench(
            32_768,
            [.. Says.Begin, Says.Rule("Carry out the plan", Edit("n * 2")), Says.Rule("check word", "I do not know.")],
            (request, reply) =>
                Length(request) <= 4 * TooLong
                    ? reply
                    : reply with
                    {
                        Text = request.LastUserText.Contains("check word", StringComparison.Ordinal) ? reply.Text : "NOTHING: all is well",
                        Usage = new(4_000),
                    }
        );

        var outcome = await bench.RunAsync(Patience);

        Assert.True(outcome.Stop is StopReason.Done, $"{outcome.Stop}: {outcome.Message}");
        Assert.Contains(bench.Events.OfType<NoticeRaised>(), notice =>
            notice.Description.Contains("OLLAMA_CONTEXT_LENGTH", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("It is (word).")]
    [InlineData("")]
    public async Task A_server_that_counts_only_new_tokens_is_asked_once_and_no_answer_proves_nothing(string answer)
    {
        await using var bench = Bench(
            8_192,
            [.. Says.Begin, Says.Rule("Carry out the plan", Edit("n * 2")), Says.Rule("check word", "")],
            (request, reply) =>
                reply with
                {
                    Usage = new(40),
                    Text = request.LastUserText.Contains("check word", StringComparison.Ordinal)
                        ? answer.Replace("(word)", Word(request), StringComparison.Ordinal)
                        : reply.Text,
                }
        );

        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);
        Assert.Single(bench.Server.Chats, chat => chat.LastUserText.Contains("check word", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_questions_of_a_run_share_notes_map_rules_and_the_check_word()
    {
        await using var bench = Bench(8_192, [.. Says.Begin, Says.Rule("Carry out the plan", Edit("n * 2"))]);
        bench.Workspace.With("README.md", "Doubles.\nCheck word: 123456\n");

        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);

        var facts = bench.Server.Chats.Select(chat => chat.Messages[1].Text).ToList();
        var shared = facts[0][..(facts[0].LastIndexOf("Check word: ", StringComparison.Ordinal) + "Check word: 123456\n\n".Length)];
        Assert.Contains("## Rules", shared, StringComparison.Ordinal);
        Assert.DoesNotContain("## Task", shared, StringComparison.Ordinal);
        Assert.All(facts, text => Assert.StartsWith(shared, text, StringComparison.Ordinal));
        // Analysis and plan differ, and nothing before the word.
        Assert.NotEqual(facts[0], facts[1]);
    }

    /// <summary>The line as the model sees it; the last, since notes may hold one too.</summary>
    private static string Word(FakeRequest chat) =>
        chat.Messages[1].Text.Split('\n').Last(line => line.StartsWith("Check word: ", StringComparison.Ordinal));

    private static int Length(FakeRequest chat) => chat.Messages.Sum(message => message.Text.Length);

    private static RunBench Bench(int window, IReadOnlyList<FakeRule> rules, Func<FakeRequest, FakeReply, FakeReply>? quirk = null)
    {
        var bench = new RunBench(
            new FakeScript
            {
                Rules = rules,
                Quirk = quirk ?? ((_, reply) => reply),
                Paths = new Dictionary<string, JsonElement>
                {
                    ["/props"] = JsonElement.Parse($$"""{"default_generation_settings":{"n_ctx":{{window}}},"total_slots":1}"""),
                },
            }
        );
        bench
            .Workspace.With("double.js", $"{Filler("before", Before)}{RunBench.Broken}{Filler("after", After)}")
            .With("AGENTS.md", string.Concat(Enumerable.Repeat("Write short functions. ", 3_000)))
            .With("notes.txt", string.Concat(Enumerable.Repeat("Somebody wrote a note here.\n", 9_000)));
        for (var file = 0; file < 300; file++)
        {
            bench.Workspace.With(
                string.Create(CultureInfo.InvariantCulture, $"src/part{file}.js"),
                string.Create(CultureInfo.InvariantCulture, $"export const part{file} = {file};\n")
            );
        }
        return bench;
    }

    private static string Filler(string name, int lines) =>
        string.Concat(
            Enumerable.Range(0, lines).Select(line => string.Create(CultureInfo.InvariantCulture, $"const {name}{line} = {line};\n"))
        );

    private static string Edit(string to, string from = "n + n + 1") =>
        $"double.js\n<<<<<<< SEARCH\nexport const double = (n) => {from};\n=======\nexport const double = (n) => {to};\n>>>>>>> REPLACE\n";

    /// <summary>As the fake server counts, four characters a token, with room for the reply.</summary>
    private static int Tokens(FakeRequest chat) => (Length(chat) / 4) + (int)chat.Json!["max_tokens"]!;
}

using System.Text.Json;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>What is remembered of a server's errors: only what they prove, and no longer than it holds.</summary>
public sealed class LessonSpecs : IDisposable
{
    private const string Schema = """{"type":"object"}""";

    private static readonly JsonElement Told = JsonElement.Parse("""{"data":[{"id":"fake-model","context_length":20000}]}""");

    private readonly string folder = Directory.CreateTempSubdirectory("lessons-").FullName;

    public static TheoryData<string> NamedWindowsNames => [.. NamedWindows.Keys];
    public static TheoryData<string> UnnamedNames => [.. Unnamed.Keys];
    public static TheoryData<string> SchemaRefusalsNames => [.. SchemaRefusals.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static readonly Dictionary<string, FakeReply> NamedWindows = new()
    {
        { "llama.cpp", ServerErrors.PromptTooLong(9000, 8192).Refused },
        { "LM Studio with MLX", ServerErrors.StudioTooLong(9000, 8192).Streamed() },
        { "vLLM", ServerErrors.VllmTooLong(8000, 1000, 8192).Refused },
        { "SGLang", ServerErrors.SgLangTooLong(9000, 8192).Streamed() },
        { "SGLang, prompt and limit", Refused(400, "Requested token count exceeds the model's maximum context length of 8192 tokens.") },
        { "vLLM, a longer one", Refused(400, "Input length (9000) exceeds model's maximum context length (8192).") },
        {
            "vLLM, the limit",
            Refused(400, "max_tokens=9000 cannot be greater than max_model_len=max_total_tokens=8192. Please request fewer")
        },
        { "vLLM, a decoder", Refused(400, "The decoder prompt (length 9000) is longer than the maximum model length of 8192.") },
        { "TabbyAPI", Refused(400, "Prompt length 9000 exceeds the available context size of 8192 tokens") },
        { "TabbyAPI, older", Refused(400, "Prompt length 9000 is greater than max_seq_len 8192") },
        { "TGI", Refused(422, "Input validation error: `inputs` must have less than 8192 tokens. Given: 9000") },
        {
            "LM Studio with GGUF",
            Refused(
                400,
                "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 9000>= n_ctx: 8192)."
            )
        },
        { "LM Studio 0.4", Refused(400, "Cannot truncate prompt with n_keep (9000) >= n_ctx (8192)") },
        {
            "LM Studio to 0.3",
            Refused(
                400,
                "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of "
                    + "only 8192 tokens, which is not enough."
            )
        },
        { "OpenRouter", Refused(400, "This endpoint's maximum context length is 8192 tokens. However, you requested about 9000 tokens") },
        {
            "LiteLLM",
            Refused(400, "litellm.ContextWindowExceededError: litellm.BadRequestError: This model's maximum context length is 8192 tokens")
        },
        {
            "a gateway before llama.cpp",
            new FakeReply
            {
                Status = 400,
                Body = new ServerError(Servers.Ollama, 400, "invalid_request_error", JsonOf(ServerErrors.PromptTooLong(9000, 8192)))
                    .Refused
                    .Body,
            }
        },
    };

    private static readonly Dictionary<string, FakeReply> Unnamed = new()
    {
        { "Ollama", ServerErrors.OllamaTooLong.Refused },
        { "an old llama.cpp", Refused(500, "input (9000 tokens) is too large to process. increase the physical batch size") },
        { "ik_llama.cpp", Refused(500, "Input prompt is too big compared to KV size. Please try increasing KV size.") },
        {
            "a code alone",
            new() { Status = 400, Body = """{"error":{"message":"No.","code":"context_length_exceeded"}}""" }
        },
    };

    [Theory]
    [MemberData(nameof(NamedWindowsNames))]
    public async Task A_window_that_is_named_is_kept(string server)
    {
        // Always: where the refusal is of prompt and limit together, a smaller limit is tried first.
        await using var asking = await StartAsync(FakeScript.Always(NamedWindows[server]));

        Assert.Equal((ModelFault.Context, 8192), await FailAsync(asking));
        Assert.Equal(8192, await WindowAsync(asking));
    }

    [Theory]
    [MemberData(nameof(UnnamedNames))]
    public async Task One_that_is_not_named_is_not(string server)
    {
        var refusal = Unnamed[server];
        await using var asking = await StartAsync(refusal);

        Assert.Equal(ModelFault.Context, (await FailAsync(asking)).Fault);
        Assert.Equal(20000, await WindowAsync(asking));
    }

    [Fact]
    public async Task What_a_run_guesses_holds_for_that_run_only()
    {
        await using var asking = await StartAsync("ok");
        await using (var run = await OpenAsync(asking))
        {
            run.Shrink(2000);
            Assert.Equal(2000, run.Profile.Window);
        }

        Assert.Equal(20000, await WindowAsync(asking));
    }

    [Fact]
    public async Task No_error_makes_a_later_run_refuse_to_begin()
    {
        await using var asking = await StartAsync(ServerErrors.PromptTooLong(9000, 1024).Refused);

        Assert.Equal((ModelFault.Context, 1024), await FailAsync(asking));
        Assert.Equal(20000, await WindowAsync(asking));
    }

    [Fact]
    public async Task A_prompt_that_is_read_all_the_same_unlearns_the_window()
    {
        await using var asking = await StartAsync(
            ServerErrors.PromptTooLong(9000, 8192).Refused,
            new FakeReply { Text = "ok", Usage = new(9000) }
        );
        await FailAsync(asking);

        await using (var run = await OpenAsync(asking))
        {
            await run.AskAsync(Asking.Prompt("Why?"), asking.Heard, Asking.Token);
        }

        Assert.Equal(20000, await WindowAsync(asking));
    }

    [Fact]
    public async Task What_was_refused_is_tried_again_after_a_day()
    {
        await using var asking = await StartAsync(
            Refused(400, "Unknown field: seed"),
            "ok",
            ServerErrors.PromptTooLong(9000, 8192).Refused,
            "ok",
            "ok"
        );
        await AskAsync(asking);
        await FailAsync(asking);
        Assert.Equal(8192, await WindowAsync(asking));

        // What is learnt meanwhile is no reason to believe the old for longer.
        asking.Time.Advance(TimeSpan.FromHours(20));
        await AskAsync(asking);
        asking.Time.Advance(TimeSpan.FromHours(20));

        Assert.Equal(20000, await WindowAsync(asking));
        await AskAsync(asking);
        Assert.Equal([true, false, false, false, true], asking.Server.Chats.Select(chat => chat.Json!.ContainsKey("seed")));
    }

    [Fact]
    public async Task Bounds_of_a_schema_that_were_refused_are_tried_again_after_a_day()
    {
        const string vote = """{"verdict":"approve"}""";
        await using var asking = await StartAsync(Refused(400, "Grammar error: maxProperties"), vote, vote, vote);
        var prompt = Asking.Prompt("Why?") with { Schema = Schema, BoundedSchema = """{"type":"object","maxProperties":3}""" };
        foreach (var hours in new[] { 0, 1, 24 })
        {
            asking.Time.Advance(TimeSpan.FromHours(hours));
            await using var run = await OpenAsync(asking);
            await run.AskAsync(prompt, asking.Heard, Asking.Token);
        }

        Assert.Equal(
            [true, false, false, true],
            asking.Server.Chats.Select(chat => chat.Body.Contains("maxProperties", StringComparison.Ordinal))
        );
    }

    public static TheoryData<string, int, string> SaysNothingOfFields =>
        new()
        {
            { "LM Studio", 400, "The model has crashed without additional information. (Exit code: null)" },
            { "a log", 400, "An unexpected error came up; no extra help is known." },
            { "a policy", 400, "This use is forbidden." },
            { "a stream", 400, "The stream was closed by the other side" },
            { "nothing", 400, "" },
        };

    [Theory]
    [MemberData(nameof(SaysNothingOfFields))]
    public async Task A_refusal_that_says_nothing_of_fields_teaches_nothing_of_them(string server, int status, string text)
    {
        Assert.NotEmpty(server);
        await using var asking = await StartAsync(FakeScript.Always(new FakeReply { Status = status, Body = text }));

        await FailAsync(asking);

        Assert.All(asking.Server.Chats, chat => Assert.Equal(7, chat.Json!.Count));
    }

    private static readonly Dictionary<string, FakeReply> SchemaRefusals = new()
    {
        { "llama.cpp, too big", ServerErrors.GrammarTooBig.Refused },
        { "llama.cpp, not converted", ServerErrors.SchemaRefused.Refused },
        { "llama.cpp, in the stream", ServerErrors.GrammarTooBig.Streamed() },
        { "vLLM", ServerErrors.VllmSchemaRefused.Refused },
        { "vLLM, guidance", Refused(400, "Grammar error: Unimplemented keys: [\"minimum\"]") },
        { "SGLang", ServerErrors.SgLangSchemaRefused.Streamed() },
    };

    [Theory]
    [MemberData(nameof(SchemaRefusalsNames))]
    public async Task A_schema_that_is_refused_costs_the_schema_and_nothing_else(string server)
    {
        var refusal = SchemaRefusals[server];
        await using var asking = await StartAsync(refusal, "VERDICT: approve", "VERDICT: revise");
        var prompt = Asking.Prompt("Why?") with { Schema = Schema };

        await using var run = await OpenAsync(asking);
        Assert.Equal("VERDICT: approve", (await run.AskAsync(prompt, asking.Heard, Asking.Token)).Text);
        Assert.Equal("VERDICT: revise", (await run.AskAsync(prompt, asking.Heard, Asking.Token)).Text);

        Assert.Equal([true, false, false], asking.Server.Chats.Select(chat => chat.Json!.ContainsKey("response_format")));
        Assert.All(asking.Server.Chats, chat => Assert.True(chat.Json!.ContainsKey("stream_options") && chat.Json.ContainsKey("seed")));
    }

    [Fact]
    public async Task A_field_is_only_given_up_when_the_server_takes_the_request_without_it()
    {
        await using var asking = await StartAsync(
            Refused(400, "Unrecognized request argument supplied: seed"),
            Refused(400, "The model is out of order"),
            "ok"
        );

        Assert.Equal(ModelFault.Refused, (await FailAsync(asking)).Fault);
        await AskAsync(asking);

        Assert.Equal([true, false, true], asking.Server.Chats.Select(chat => chat.Json!.ContainsKey("seed")));
    }

    private static FakeReply Refused(int status, string text) => new() { Status = status, Text = text };

    private static string JsonOf(ServerError error) => error.Refused.Body!;

    private static Task<Asking> StartAsync(params IReadOnlyList<FakeReply> replies) => StartAsync(FakeScript.InOrder(replies));

    private static Task<Asking> StartAsync(FakeScript script) => Asking.StartAsync(script with { Models = Told });

    /// <summary>A run in the same home as the others.</summary>
    private Task<ModelConnection> OpenAsync(Asking asking) => ModelConnection.OpenAsync(asking.Settings(folder), asking.Time, Asking.Token);

    private async Task AskAsync(Asking asking)
    {
        await using var run = await OpenAsync(asking);
        await run.AskAsync(Asking.Prompt("Why?"), asking.Heard, Asking.Token);
    }

    private async Task<(ModelFault Fault, int Window)> FailAsync(Asking asking)
    {
        await using var run = await OpenAsync(asking);
        var failed = await Assert.ThrowsAsync<ModelException>(() => run.AskAsync(Asking.Prompt("Why?"), asking.Heard, Asking.Token));
        return (failed.Fault, run.Profile.Window);
    }

    private async Task<int> WindowAsync(Asking asking)
    {
        await using var run = await OpenAsync(asking);
        return run.Profile.Window;
    }
}

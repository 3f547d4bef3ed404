using System.Net.Http.Json;
using System.Text.Json;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>The server that the other tests believe.</summary>
public sealed class FakeModelServerSpecs
{
    private const string Script = """
        {
          "models": ["a", "b"],
          "paths": { "/props": { "n_ctx": 8192 } },
          "rules": [
            { "last": "plan", "times": 1, "reply": ["line 1", "line 2"] }, // used up after one
            { "any": "secret word", "reply": { "status": 429, "headers": { "Retry-After": "2" }, "body": "slow down" } },
            { "n": 3, "reply": "the third" },
            { "reply": { "text": "else", "usage": { "prompt": 900, "output": 30 }, "gates": { "-1": "entrance" } } },
          ],
        }
        """;

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_script_says_who_is_answered_what()
    {
        await using var server = new FakeModelServer(FakeScript.Parse(Script));

        Assert.Equal("line 1\nline 2", await AskAsync(server, "a plan, please"));
        Assert.Equal("429 slow down", await AskAsync(server, "secret word", "hello"));
        Assert.Equal("the third", await AskAsync(server, "a plan, please"));
        var waiting = AskAsync(server, "a plan, please");
        await server.ReachedAsync("entrance");
        Assert.False(waiting.IsCompleted);
        Assert.Contains("slow down", await AskAsync(server, "secret word"));
        await Http.PostAsync($"http://127.0.0.1:{server.Port}/gates/entrance", null, Asking.Token);
        Assert.Equal("else", await waiting);
        Assert.Equal("""{ "n_ctx": 8192 }""", await Http.GetStringAsync($"http://127.0.0.1:{server.Port}/props", Asking.Token));
        Assert.Equal(["secret word", "hello"], server.Chats[1].Messages.Select(message => message.Text));
        Assert.Equal([0, 0, 0, 0, 1], server.Chats.Select(chat => chat.Beside));
    }

    [Fact]
    public async Task Without_a_rule_the_answer_says_so()
    {
        await using var server = new FakeModelServer(new FakeScript());

        Assert.Contains("the script has no rule for this request", await AskAsync(server, "anything"));
    }

    [Fact]
    public void A_field_that_does_not_exist_is_refused() =>
        Assert.Throws<JsonException>(() => FakeScript.Parse("""{"rules":[{"reply":{"txt":"a"}}]}"""));

    [Theory]
    [InlineData("reasoning_content", 300, 100, "", "length")]
    [InlineData("reasoning", 300, 1000, "4", "stop")]
    [InlineData("usage", 300, 300, "", "length")]
    [InlineData("tags", 300, 1000, "</think>\n\n4", "stop")]
    public async Task Thinking_takes_its_room_from_the_limit(string where, int tokens, int limit, string text, string finish)
    {
        await using var server = new FakeModelServer(
            FakeScript.Always("4") with
            {
                Think = new(tokens) { Where = where, Off = ["\"enable_thinking\":false"] },
            }
        );

        var thinking = await SendAsync(server, $$"""{"messages":[{"role":"user","content":"2+2"}],"max_tokens":{{limit}}}""");
        var not = await SendAsync(
            server,
            """{"messages":[{"role":"user","content":"2+2"}],"max_tokens":9,"chat_template_kwargs":{"enable_thinking":false}}"""
        );

        var choice = thinking.GetProperty("choices")[0];
        Assert.EndsWith(text, choice.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal(finish, choice.GetProperty("finish_reason").GetString());
        Assert.Equal(Math.Min(tokens, limit), thinking.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal("4", not.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_cache_knows_what_two_prompts_have_in_common()
    {
        await using var plain = new FakeModelServer(FakeScript.Always("ok") with { Cache = new() });
        await using var recurrent = new FakeModelServer(
            FakeScript.Always("ok") with
            {
                Cache = new() { Checkpoint = 500, Timings = true },
            }
        );
        var facts = new string('a', 4000);

        Assert.Equal((0, 1000), (await CachedAsync(plain, facts + "one "), await CachedAsync(plain, facts + "two ")));
        Assert.Equal((0, 501), (await CachedAsync(recurrent, facts + "one "), await CachedAsync(recurrent, facts + "two ")));
    }

    [Theory]
    [InlineData(Servers.LlamaCpp, "400 {\"error\":{\"code\":400,\"message\":\"request (250 tokens) exceeds")]
    [InlineData(Servers.Ollama, "400 {\"error\":{\"message\":\"the prompt is longer than the context length")]
    [InlineData(Servers.Vllm, "400 {\"error\":{\"message\":\"This model\\u0027s maximum context length is 200 tokens.")]
    [InlineData(Servers.LmStudio, "event: error\ndata: {\"error\":{\"message\":\"Input does not fit in context length.")]
    [InlineData(Servers.SgLang, "data: {\"error\":{\"object\":\"error\",\"message\":\"The input (250 tokens) is longer")]
    public async Task A_prompt_over_the_real_window_is_refused_in_the_server_s_words(string name, string words)
    {
        await using var server = new FakeModelServer(FakeScript.Always("ok") with { Window = new(200, name) });

        Assert.StartsWith(words, await RawAsync(server, new string('a', 1000)), StringComparison.Ordinal);
        Assert.Contains("\"ok\"", await RawAsync(server, "short"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_that_do_not_fit_into_one_cache_together_are_told_so()
    {
        await using var server = new FakeModelServer(
            FakeScript.InOrder(
                new FakeReply
                {
                    Text = "first",
                    Gates = new Dictionary<int, string> { [0] = "writing" },
                },
                "second"
            ) with
            {
                Window = new(400, Servers.LlamaCpp) { Shared = true },
            }
        );
        var first = RawAsync(server, new string('a', 1000));
        await server.ReachedAsync("writing");

        Assert.Contains("Context size has been exceeded.", await RawAsync(server, new string('b', 1000)), StringComparison.Ordinal);
        server.Open("writing");
        Assert.Contains("first", await first, StringComparison.Ordinal);
        Assert.Contains("second", await RawAsync(server, new string('b', 1000)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_may_change_and_may_want_a_key()
    {
        await using var server = new FakeModelServer(
            FakeScript.Parse(
                """
                {
                  "paths": { "/props": { "n_ctx": 0 }, "/props?model=a": { "n_ctx": 8192 }, "/metrics": "running 1" },
                  "rules": [
                    { "path": "/props", "times": 1, "reply": { "status": 503, "text": "Loading model" } },
                    { "path": "/metrics", "without": "sesame", "reply": { "status": 401, "text": "Invalid API Key" } },
                    { "sent": "\"seed\"", "reply": { "status": 400, "text": "Unknown field" } },
                  ],
                }
                """
            )
        );
        var root = $"http://127.0.0.1:{server.Port}";

        Assert.Contains("Loading model", await PageAsync($"{root}/props"), StringComparison.Ordinal);
        Assert.Contains("0", await PageAsync($"{root}/props"), StringComparison.Ordinal);
        Assert.Contains("8192", await PageAsync($"{root}/props?model=a"), StringComparison.Ordinal);
        Assert.Contains("Invalid API Key", await PageAsync($"{root}/metrics"), StringComparison.Ordinal);
        Assert.Equal("running 1", await PageAsync($"{root}/metrics", "sesame"));
        using var refused = await Http.PostAsync(
            $"{server.BaseUrl}/chat/completions",
            new StringContent("""{"messages":[{"role":"user","content":"a"}],"seed":0}"""),
            Asking.Token
        );
        Assert.Contains("Unknown field", await refused.Content.ReadAsStringAsync(Asking.Token), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(string url, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = key is null ? null : new("Bearer", key);
        using var answer = await Http.SendAsync(request, Asking.Token);
        return await answer.Content.ReadAsStringAsync(Asking.Token);
    }

    private static async Task<int> CachedAsync(FakeModelServer server, string question)
    {
        var answer = await SendAsync(server, $$"""{"messages":[{"role":"user","content":"{{question}}"}]}""");
        return answer.TryGetProperty("timings", out var timings)
            ? timings.GetProperty("cache_n").GetInt32()
            : answer.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();
    }

    private static async Task<JsonElement> SendAsync(FakeModelServer server, string body)
    {
        using var answer = await Http.PostAsync($"{server.BaseUrl}/chat/completions", new StringContent(body), Asking.Token);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Asking.Token));
    }

    private static async Task<string> RawAsync(FakeModelServer server, string question)
    {
        using var answer = await Http.PostAsJsonAsync(
            $"{server.BaseUrl}/chat/completions",
            new
            {
                stream = true,
                max_tokens = 10,
                messages = new[] { new { role = "user", content = question } },
            },
            Asking.Token
        );
        var body = await answer.Content.ReadAsStringAsync(Asking.Token);
        return answer.IsSuccessStatusCode ? body : $"{(int)answer.StatusCode} {body}";
    }

    private static async Task<string> AskAsync(FakeModelServer server, params IReadOnlyList<string> questions)
    {
        using var answer = await Http.PostAsJsonAsync(
            $"{server.BaseUrl}/chat/completions",
            new { messages = questions.Select(text => new { role = "user", content = text }) },
            Asking.Token
        );
        var body = await answer.Content.ReadAsStringAsync(Asking.Token);
        return answer.IsSuccessStatusCode
            ? JsonElement.Parse(body).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!
            : $"{(int)answer.StatusCode} {body}";
    }
}

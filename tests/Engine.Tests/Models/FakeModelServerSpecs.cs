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

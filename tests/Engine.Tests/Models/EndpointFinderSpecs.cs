using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class EndpointFinderSpecs
{
    [Theory]
    [InlineData("127.0.0.1:8080", "http://127.0.0.1:8080/v1")]
    [InlineData("http://localhost:8080", "http://localhost:8080/v1")]
    [InlineData("http://localhost:8080/", "http://localhost:8080/v1")]
    [InlineData("http://localhost:8080/v1", "http://localhost:8080/v1")]
    [InlineData("http://localhost:8080/v1/", "http://localhost:8080/v1")]
    [InlineData(" http://localhost:8080/v1/chat/completions ", "http://localhost:8080/v1")]
    [InlineData("http://localhost:8080/v1/models", "http://localhost:8080/v1")]
    [InlineData("https://host/api/openai/v1", "https://host/api/openai/v1")]
    [InlineData("http://user:secret@host:1/v1?key=secret#x", "http://host:1/v1")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080/v1")]
    [InlineData("http://0.0.0.0:8000/v1", "http://127.0.0.1:8000/v1")]
    [InlineData("ftp://host", null)]
    [InlineData("http://", null)]
    [InlineData("not an address", null)]
    public void An_address_may_be_written_in_many_ways(string text, string? normal) =>
        Assert.Equal(normal, EndpointAddress.Normalise(text)?.AbsoluteUri);

    [Fact]
    public async Task The_named_server_is_taken_wherever_it_is_named()
    {
        await using var server = new FakeModelServer(new FakeScript());
        foreach (
            var settings in new[]
            {
                Named(server.BaseUrl),
                Settings(("CODEX_SIDECAR_BASE_URL", server.BaseUrl)),
                Settings(("OPENAI_BASE_URL", server.BaseUrl)),
            }
        )
        {
            var (found, attempts) = await FindAsync(settings);

            Assert.Equal($"fake-model at {server.BaseUrl}", found!.Display);
            Assert.Equal([new EndpointAttempt(server.BaseUrl, "1 model", true)], attempts);
        }
    }

    [Fact]
    public async Task The_option_goes_before_the_variable_and_that_before_the_ports()
    {
        await using var first = new FakeModelServer(new FakeScript());
        await using var second = new FakeModelServer(new FakeScript());
        await using var third = new FakeModelServer(new FakeScript());
        var all = Settings(("CODEX_SIDECAR_BASE_URL", second.BaseUrl)) with { BaseUrl = first.BaseUrl, Ports = [On(third.Port)] };

        Assert.EndsWith(first.BaseUrl, (await FindAsync(all)).Found!.Display);
        Assert.EndsWith(second.BaseUrl, (await FindAsync(all with { BaseUrl = null })).Found!.Display);
        Assert.EndsWith(third.BaseUrl, (await FindAsync(all with { BaseUrl = null, Variable = _ => null })).Found!.Display);
    }

    [Fact]
    public async Task The_variable_names_the_model_unless_the_option_does()
    {
        await using var server = new FakeModelServer(
            new FakeScript { Models = System.Text.Json.JsonElement.Parse("""["first", "second", "third"]""") }
        );
        var all = Settings(("CODEX_SIDECAR_BASE_URL", server.BaseUrl), ("CODEX_SIDECAR_MODEL", "second"));

        Assert.Equal("second", (await FindAsync(all)).Found!.Model);
        Assert.Equal("third", (await FindAsync(all with { Model = "third" })).Found!.Model);
    }

    [Fact]
    public async Task A_named_server_that_is_not_there_is_no_reason_to_take_another()
    {
        await using var other = new FakeModelServer(new FakeScript());
        var nowhere = $"http://127.0.0.1:{FreePort()}/v1";

        var failed = await FailAsync(Named(nowhere) with { Ports = [On(other.Port)] });

        Assert.Equal(
            (
                ModelFault.Unreachable,
                $"No model server answers at {nowhere} (refused), which --base-url names. Start it, or give another address with "
                    + $"--base-url or CODEX_SIDECAR_BASE_URL."
            ),
            (failed.Fault, failed.Message)
        );
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_server_of_another_machine_is_not_taken_from_a_variable_of_others()
    {
        await using var local = new FakeModelServer(new FakeScript());
        var settings = Settings(("OPENAI_BASE_URL", "https://models.example/v1"), ("OPENAI_API_KEY", "theirs")) with
        {
            Ports = [On(local.Port)],
        };

        var (found, attempts) = await FindAsync(settings);

        Assert.EndsWith(local.BaseUrl, found!.Display);
        Assert.Equal(new EndpointAttempt("https://models.example/v1", "found, not used: not on this machine", false), attempts[0]);
        Assert.Contains(found.Notices, notice =>
            notice.Contains("https://models.example/v1, which is not on this machine and is not used")
        );
    }

    [Fact]
    public async Task A_key_goes_only_to_the_server_it_is_meant_for()
    {
        await using var server = new FakeModelServer(new FakeScript());
        (string, string)[] keys = [("CODEX_SIDECAR_API_KEY", "ours"), ("OPENAI_API_KEY", "theirs"), ("MINE", "mine")];

        Assert.Equal("ours", await KeyAsync(Settings(keys) with { BaseUrl = server.BaseUrl }));
        Assert.Equal("ours", await KeyAsync(Settings([.. keys, ("CODEX_SIDECAR_BASE_URL", server.BaseUrl)])));
        Assert.Equal("theirs", await KeyAsync(Settings([.. keys, ("OPENAI_BASE_URL", server.BaseUrl)])));
        Assert.Equal("mine", await KeyAsync(Settings(keys) with { BaseUrl = server.BaseUrl, ApiKeyEnv = "MINE" }));
        Assert.Equal("none", await KeyAsync(Settings(keys) with { Ports = [On(server.Port)] }));

        async Task<string> KeyAsync(ModelSettings settings)
        {
            Assert.NotNull((await FindAsync(settings)).Found);
            return new[] { "ours", "theirs", "mine", "none" }.Single(key => server.Requests[^1].HasKey(key));
        }
    }

    [Theory]
    [InlineData(
        null,
        "wants a key (401). Put the key into an environment variable: CODEX_SIDECAR_API_KEY, or another one that --api-key-env names."
    )]
    [InlineData("MINE", "wants another key (401). Put the key into an environment variable: MINE.")]
    public async Task A_server_that_wants_a_key_is_told_with_what_to_do(string? apiKeyEnv, string message)
    {
        await using var server = new FakeModelServer(
            new FakeScript { Rules = [new(new FakeReply { Status = 401, Body = "no" }) { Path = "/v1/models" }] }
        );

        var failed = await FailAsync(Settings(("MINE", "secret-value")) with { BaseUrl = server.BaseUrl, ApiKeyEnv = apiKeyEnv });

        Assert.Equal((ModelFault.Refused, $"{server.BaseUrl} {message}"), (failed.Fault, failed.Message));
    }

    [Fact]
    public async Task A_key_that_the_server_repeats_is_not_shown()
    {
        await using var server = new FakeModelServer(
            FakeScript.Always(new FakeReply { Status = 401, Text = "Incorrect API key provided: secret-value." })
        );
        await using var connection = await ModelConnection.OpenAsync(
            Settings(("CODEX_SIDECAR_API_KEY", "secret-value")) with
            {
                BaseUrl = server.BaseUrl,
            },
            TimeProvider.System,
            Asking.Token
        );

        var failed = await Assert.ThrowsAsync<ModelException>(() => connection.AskAsync(Asking.Prompt("Why?"), new Heard(), Asking.Token));

        Assert.Equal(
            $"{server.BaseUrl} wants another key (401: Incorrect API key provided: [redacted:key]). Put the key into an environment "
                + $"variable: CODEX_SIDECAR_API_KEY, or another one that --api-key-env names.",
            failed.Message
        );
    }

    [Fact]
    public async Task A_variable_for_the_key_that_is_not_set_is_told() =>
        Assert.Contains(
            "--api-key-env names NOT_SET, which is not set",
            (await FailAsync(Named("http://127.0.0.1:1") with { ApiKeyEnv = "NOT_SET" })).Message
        );

    [Fact]
    public async Task A_server_without_a_list_of_models_is_taken_at_the_users_word()
    {
        await using var server = new FakeModelServer(
            new FakeScript { Rules = [new(new FakeReply { Status = 404, Body = "no" }) { Path = "/v1/models" }] }
        );

        Assert.Equal("default", (await FindAsync(Named(server.BaseUrl))).Found!.Model);
        Assert.Equal("mine", (await FindAsync(Named(server.BaseUrl) with { Model = "mine" })).Found!.Model);
    }

    [Theory]
    [InlineData("[\"nomic-embed-text\",\"llama\"]", "llama")]
    [InlineData("[\"llama\",\"qwen-Coder\"]", "qwen-Coder")]
    [InlineData("[\"bge-reranker\",\"b\",\"a\"]", "b")]
    [InlineData("[]", "default")]
    public async Task The_model_is_chosen_by_what_it_is_for(string models, string chosen)
    {
        await using var server = new FakeModelServer(new FakeScript { Models = JsonElement.Parse(models) });

        Assert.Equal(chosen, (await FindAsync(Named(server.BaseUrl))).Found!.Model);
    }

    [Fact]
    public async Task The_ports_are_asked_at_once_and_taken_in_their_order()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var website = new FakeModelServer(new FakeScript { Models = JsonElement.Parse("{}") });
        await using var ourselves = new FakeModelServer(
            new FakeScript { Models = JsonElement.Parse("""{"data":[{"id":"x","owned_by":"codex-sidecar"}]}""") }
        );
        await using var locked = new FakeModelServer(
            new FakeScript { Rules = [new(new FakeReply { Status = 401, Body = "no" }) { Path = "/v1/models" }] }
        );
        await using var first = new FakeModelServer(new FakeScript { Models = JsonElement.Parse("""["a","b"]""") });
        await using var second = new FakeModelServer(new FakeScript());
        int[] ports =
        [
            FreePort(),
            ((IPEndPoint)silent.LocalEndpoint).Port,
            website.Port,
            ourselves.Port,
            locked.Port,
            first.Port,
            second.Port,
        ];

        var (found, attempts) = await FindAsync(Settings() with { Ports = [.. ports.Select(On)] });

        Assert.Equal($"a at {first.BaseUrl}", found!.Display);
        Assert.Equal(
            ["refused", "timed out", "answers, but is no model server", "is Codex Sidecar itself", "401", "2 models", "1 model"],
            attempts.Select(attempt => attempt.Result)
        );
        Assert.Equal([false, false, false, false, false, true, true], attempts.Select(attempt => attempt.Usable));
        Assert.All(first.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact]
    public async Task Where_nothing_is_found_the_message_says_what_was_tried_and_what_to_do()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var (quiet, free) = (((IPEndPoint)silent.LocalEndpoint).Port, FreePort());

        var failed = await FailAsync(
            Settings() with
            {
                Ports = [new(quiet, "Ollama", "ollama serve"), new(free, "vLLM", "vllm serve MODEL")],
            }
        );

        Assert.Equal(ModelFault.NoModel, failed.Fault);
        Assert.Equal(
            $"""
            No model server was found on this machine. Looked at:
              http://127.0.0.1:{quiet}/v1: timed out
              http://127.0.0.1:{free}/v1: refused
            Start one, or name one with --base-url URL, CODEX_SIDECAR_BASE_URL or OPENAI_BASE_URL:
              Ollama: ollama serve
              vLLM: vllm serve MODEL
            Without any model, `codex-sidecar try` runs a sample with recorded replies.
            """,
            failed.Message
        );
    }

    public static TheoryData<string, string, string, int> Windows =>
        new()
        {
            {
                "llama.cpp",
                """{"data":[{"id":"m"}]}""",
                """{"/props":{"default_generation_settings":{"n_ctx":8192},"total_slots":2}}""",
                8192
            },
            { "vLLM", """{"data":[{"id":"m","owned_by":"vllm","max_model_len":32768}]}""", "{}", 32768 },
            {
                "LM Studio",
                """{"data":[{"id":"other"},{"id":"m"}]}""",
                """{"/api/v0/models":{"data":[{"id":"other","state":"not-loaded","max_context_length":9999},{"id":"m","state":"loaded","loaded_context_length":16384}]}}""",
                16384
            },
            {
                "Ollama",
                """{"data":[{"id":"coder"},{"id":"m"}]}""",
                """{"/api/version":{"version":"0.9.0"},"/api/ps":{"models":[{"name":"m","context_length":12288}]}}""",
                12288
            },
            { "hand-made", """{"data":[{"id":"m"}]}""", "{}", 4096 },
        };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task The_window_is_what_the_server_says_of_the_loaded_model(string family, string models, string paths, int window)
    {
        await using var server = new FakeModelServer(
            new FakeScript
            {
                Models = JsonElement.Parse(models),
                Paths = JsonElement.Parse(paths).EnumerateObject().ToDictionary(path => path.Name, path => path.Value),
            }
        );

        var (found, _) = await FindAsync(Named(server.BaseUrl));

        Assert.Equal(("m", window), (found!.Model, found.Window));
        Assert.Equal(family == "hand-made", found.Notices.Any(notice => notice.Contains("4,096 tokens are assumed")));
    }

    [Fact]
    public async Task The_user_knows_the_window_better()
    {
        await using var server = new FakeModelServer(new FakeScript());

        var (found, _) = await FindAsync(Settings(("CODEX_SIDECAR_CONTEXT_WINDOW", "16000")) with { BaseUrl = server.BaseUrl });

        Assert.Equal((16000, 0), (found!.Window, found.Notices.Count));
        Assert.Equal(
            ModelFault.Context,
            (await FailAsync(Settings(("CODEX_SIDECAR_CONTEXT_WINDOW", "2000")) with { BaseUrl = server.BaseUrl })).Fault
        );
        Assert.Contains(
            "is not a number",
            (await FailAsync(Settings(("CODEX_SIDECAR_CONTEXT_WINDOW", "many")) with { BaseUrl = server.BaseUrl })).Message
        );
    }

    private static KnownPort On(int port) => new(port, "a server", "start it");

    private static ModelSettings Named(string baseUrl) => Settings() with { BaseUrl = baseUrl };

    private static ModelSettings Settings(params IReadOnlyList<(string Name, string Value)> variables) =>
        new(null, null, null, null, [], null, "", name => variables.FirstOrDefault(variable => variable.Name == name).Value) { Ports = [] };

    private static async Task<(ModelProfile? Found, IReadOnlyList<EndpointAttempt> Attempts)> FindAsync(ModelSettings settings)
    {
        var (found, attempts, _) = await ModelConnection.FindAsync(settings, TimeProvider.System, Asking.Token);
        return (found, attempts);
    }

    private static Task<ModelException> FailAsync(ModelSettings settings) =>
        Assert.ThrowsAsync<ModelException>(() => ModelConnection.OpenAsync(settings, TimeProvider.System, Asking.Token));

    /// <summary>Nobody listens there, at least for now.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

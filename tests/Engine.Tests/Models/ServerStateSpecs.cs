using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>What servers say of themselves, in the bodies of their own protocols: which kind they are, which models they have, in which
/// state, with which window.</summary>
public sealed class ServerStateSpecs
{
    private const string Router = """
        {"data":[
          {"id":"big-coder","object":"model","owned_by":"llamacpp","status":{"value":"unloaded","args":["llama-server","--ctx-size","32768"]}},
          {"id":"tiny","object":"model","owned_by":"llamacpp","aliases":["small"],"status":{"value":"loaded","args":["llama-server"]}}
        ]}
        """;

    private const string RouterProps = """
        "/props":{"role":"router","max_instances":4,"models_autoload":true,"default_generation_settings":{"n_ctx":0}}
        """;

    private const string TinyProps = """
        "/props?model=tiny&autoload=false":{"default_generation_settings":{"n_ctx":16384},"total_slots":1}
        """;

    private const string StudioModels = """{"data":[{"id":"qwen/coder"},{"id":"gemma"}]}""";

    /// <summary>Kind, list, other addresses, what the user names; the model and window taken, and whether votes get a schema.</summary>
    public static TheoryData<string, string, string, string?, string, int, bool> Kinds =>
        new()
        {
            { "llama.cpp", Router, $"{{{RouterProps},{TinyProps}}}", null, "tiny", 16384, true },
            { "llama.cpp", Router, $"{{{RouterProps},{TinyProps}}}", "small", "tiny", 16384, true },
            { "llama.cpp", Router, $"{{{RouterProps},{TinyProps}}}", "big-coder", "big-coder", 32768, true },
            {
                "llama.cpp",
                """{"data":[{"id":"m","owned_by":"llamacpp","meta":{"n_ctx":24576,"n_ctx_train":131072}}]}""",
                "{}",
                null,
                "m",
                24576,
                true
            },
            {
                "LM Studio",
                StudioModels,
                """
                    {"/api/v1/models":{"models":[
                      {"type":"llm","key":"qwen/coder","loaded_instances":[],"max_context_length":131072},
                      {"type":"llm","key":"gemma","loaded_instances":[{"id":"gemma","config":{"context_length":12000,"parallel":4}}],"max_context_length":131072}
                    ]}}
                    """,
                null,
                "gemma",
                12000,
                true
            },
            {
                "Ollama",
                """{"data":[{"id":"qwen2.5-coder:7b","owned_by":"library"}]}""",
                """
                    {"/api/version":{"version":"0.33.0"},"/api/ps":{"models":[]},
                     "/api/show":{"parameters":"stop \"<|im_end|>\"\nnum_ctx                        20480","model_info":{"qwen2.context_length":32768}}}
                    """,
                null,
                "qwen2.5-coder:7b",
                20480,
                true
            },
            {
                "Ollama",
                """{"data":[{"id":"big:cloud","owned_by":"library"}]}""",
                """
                    {"/api/version":{"version":"0.33.0"},"/api/ps":{"models":[]},
                     "/api/show":{"remote_model":"big","remote_host":"https://ollama.com:443","model_info":{"big.context_length":262144}}}
                    """,
                null,
                "big:cloud",
                262144,
                true
            },
            {
                "SGLang",
                """{"data":[{"id":"m","object":"model","owned_by":"sglang","root":"m","max_model_len":40960}]}""",
                "{}",
                "whatever",
                "m",
                40960,
                true
            },
            {
                "TabbyAPI",
                """{"object":"list","data":[{"id":"m","object":"model","owned_by":"tabbyAPI"}]}""",
                """{"/v1/model":{"id":"m","owned_by":"tabbyAPI","parameters":{"max_seq_len":16000,"cache_size":16128}}}""",
                null,
                "m",
                16000,
                false
            },
            {
                "KoboldCpp",
                """{"object":"list","data":[{"id":"koboldcpp/m","object":"model","owned_by":"koboldcpp"}]}""",
                """
                    {"/api/extra/version":{"result":"KoboldCpp","version":"1.115.1","protected":false},
                     "/api/version":{"version":"0.7.0"},"/api/extra/true_max_context_length":{"value":10240}}
                    """,
                null,
                "koboldcpp/m",
                10240,
                false
            },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_kind_of_server_is_known_with_the_model_and_the_window_it_has(
        string kind,
        string list,
        string paths,
        string? named,
        string model,
        int window,
        bool schema
    )
    {
        await using var server = new FakeModelServer(Script(list, paths));

        var found = await FindAsync(server, named);

        Assert.Null(found.Problem);
        Assert.Equal((model, window, schema), (found.Profile!.Model, found.Profile.Window, found.Profile.HonoursSchema));
        Assert.StartsWith($"{kind}: ", found.Learnt[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mlx_which_names_itself_nowhere_is_known_by_how_it_answers()
    {
        var python = new Dictionary<string, string> { ["Server"] = "BaseHTTP/0.6 Python/3.12.7" };
        await using var server = new FakeModelServer(
            Script(
                """{"object":"list","data":[{"id":"mlx-community/m","object":"model","created":1}]}""",
                """{"/health":{"status":"ok"}}"""
            ) with
            {
                Quirk = (_, reply) => reply with { Headers = python },
            }
        );

        var found = await FindAsync(server, null);

        Assert.StartsWith("MLX: ", found.Learnt[0], StringComparison.Ordinal);
        Assert.False(found.Profile!.HonoursSchema);
    }

    [Theory]
    [InlineData("FAKE-MODEL")]
    [InlineData("fake-model.gguf")]
    [InlineData("/models/fake-model.gguf")]
    [InlineData("fake-model:latest")]
    public async Task A_name_that_is_written_in_another_way_means_the_listed_model(string named)
    {
        await using var server = new FakeModelServer(new FakeScript { Paths = ServerPages.Ollama(8192) });

        var found = await FindAsync(server, named);

        Assert.Equal(("fake-model", 8192, 0), (found.Profile!.Model, found.Profile.Window, found.Profile.Notices.Count));
    }

    [Fact]
    public async Task A_server_that_answers_whatever_name_it_is_given_keeps_its_window_and_the_user_is_told_the_name()
    {
        await using var server = new FakeModelServer(new FakeScript { Paths = ServerPages.LlamaCpp(8192) });

        var found = await FindAsync(server, "nonsense");

        Assert.Equal(("fake-model", 8192), (found.Profile!.Model, found.Profile.Window));
        Assert.Equal(
            $"{server.BaseUrl} has no model nonsense; fake-model answers there, whatever name is given. Give --model fake-model, or leave "
                + "the name out.",
            Assert.Single(found.Profile.Notices)
        );
    }

    [Fact]
    public async Task A_name_that_the_server_would_refuse_ends_the_search_with_the_names_it_has()
    {
        var list = """{"data":[{"id":"nomic-embed-text"},{"id":"llama3.1:8b"},{"id":"qwen2.5-coder:7b"}]}""";
        await using var server = new FakeModelServer(Script(list, """{"/api/version":{"version":"0.33.0"},"/api/ps":{"models":[]}}"""));

        var problem = (await FindAsync(server, "qwen2.5-coder:14b")).Problem!;

        Assert.Equal(ModelFault.Refused, problem.Fault);
        Assert.Equal($"{server.BaseUrl} has no model qwen2.5-coder:14b. It has: qwen2.5-coder:7b, llama3.1:8b.", problem.What);
        Assert.Equal("Give one it has, --model qwen2.5-coder:7b, or get it: ollama pull qwen2.5-coder:14b.", problem.Cure);
    }

    [Fact]
    public async Task A_server_of_no_known_kind_is_asked_for_the_name_that_was_given()
    {
        await using var server = new FakeModelServer(new FakeScript { Models = JsonElement.Parse("""["a-model","another"]""") });

        var found = await FindAsync(server, "a-modle");

        Assert.Equal("a-modle", found.Profile!.Model);
        Assert.Contains(found.Profile.Notices, notice =>
            notice.EndsWith("If it refuses the name, give --model a-model.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_page_for_people_that_says_loading_is_waited_for_by_nobody()
    {
        await using var server = new FakeModelServer(
            new FakeScript { Quirk = (_, _) => new FakeReply { Status = 404, Body = "<html><body>Loading...</body></html>" } }
        );

        var found = await FindAsync(server, null);

        Assert.False(found.IsLoading);
        Assert.Contains(found.Profile!.Notices, notice => notice.Contains("404 for /models", StringComparison.Ordinal));
    }

    /// <summary>Every address answers 503 until the weights are read, as llama-server's do.</summary>
    [Fact]
    public async Task A_run_that_begins_while_the_model_is_loaded_waits_and_has_the_windows_of_that_model()
    {
        var looks = 0;
        await using var bench = new RunBench(
            new FakeScript
            {
                Models = JsonElement.Parse("""["qwen-test"]"""),
                Paths = ServerPages.LlamaCpp(16_384),
                Rules = [.. Says.Begin, Says.Patch("double.js", RunBench.Solved)],
                Quirk = (request, reply) =>
                    (request.Path == "/v1/models" ? Interlocked.Increment(ref looks) : Volatile.Read(ref looks)) < 3
                        ? new FakeReply
                        {
                            Status = 503,
                            Body = """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""",
                        }
                        : reply,
            }
        )
        {
            Time = new FakeTime(skip: TimeSpan.FromSeconds(5)),
        };

        var outcome = await bench.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(outcome.Stop is StopReason.Done, $"{outcome.Stop}: {outcome.Message}");
        Assert.IsType<RunStarted>(bench.Events[0]);
        Assert.Equal("The model is being loaded", Assert.IsType<NoticeRaised>(bench.Events[1]).Title);
        var notices = bench.Events.OfType<NoticeRaised>().ToList();
        Assert.Contains(notices, notice => notice.Description == $"qwen-test at {bench.Server.BaseUrl}, 16,384 tokens.");
        Assert.DoesNotContain(notices, notice => notice.Description.Contains("are assumed", StringComparison.Ordinal));
        Assert.Contains(
            $"qwen-test at {bench.Server.BaseUrl}",
            await File.ReadAllTextAsync(Path.Join(outcome.Folder, "report.json"), TestContext.Current.CancellationToken)
        );
        Assert.All(bench.Server.Chats, chat => Assert.Equal("qwen-test", (string?)chat.Json!["model"]));
    }

    /// <summary>It hangs, or answers one question at a time: a llama-server that is stopped, a small server of one's own.</summary>
    [Fact]
    public async Task A_run_that_begins_while_the_server_answers_nothing_looks_again_and_has_its_model()
    {
        var looks = 0;
        await using var bench = new RunBench(
            new FakeScript
            {
                Models = JsonElement.Parse("""["qwen-test"]"""),
                Paths = ServerPages.LlamaCpp(16_384),
                Rules = [.. Says.Begin, Says.Patch("double.js", RunBench.Solved)],
                Quirk = (request, reply) =>
                    request.Path == "/v1/models" && Interlocked.Increment(ref looks) == 1
                        ? reply with
                        {
                            Hang = true,
                            Body = null,
                            Text = "",
                        }
                        : reply,
            }
        )
        {
            Time = new FakeTime(skip: TimeSpan.FromSeconds(5)),
        };

        var outcome = await bench.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(outcome.Stop is StopReason.Done, $"{outcome.Stop}: {outcome.Message}");
        Assert.Equal("The model server answers nothing yet", Assert.IsType<NoticeRaised>(bench.Events[1]).Title);
        Assert.All(bench.Events.OfType<UsageCounted>(), counted => Assert.Equal(16_384, counted.Size));
        Assert.All(bench.Server.Chats, chat => Assert.Equal("qwen-test", (string?)chat.Json!["model"]));
    }

    [Fact]
    public async Task A_model_that_is_still_loading_after_two_minutes_is_told()
    {
        await using var server = new FakeModelServer(
            new FakeScript { Quirk = (_, _) => new FakeReply { Status = 503, Text = "Loading model" } }
        );
        var time = new FakeTime(skip: TimeSpan.FromSeconds(5));

        var problem = await Assert.ThrowsAsync<ModelException>(() => ModelConnection.OpenAsync(Settings(server, null), time, Asking.Token));

        Assert.Equal(ModelFault.Timeout, problem.Fault);
        Assert.Equal($"{server.BaseUrl} was still loading its model after 2 minutes. Try again when it is ready.", problem.Message);
        Assert.Equal(TimeSpan.FromMinutes(2), time.Skipped.Aggregate(TimeSpan.Zero, (sum, one) => sum + one));
    }

    /// <summary>Ollama tells the window of what it has in memory, and loads at the first request.</summary>
    [Fact]
    public async Task A_run_has_a_model_loaded_that_its_first_request_would_load_and_looking_does_not()
    {
        var isLoaded = false;
        await using var server = new FakeModelServer(
            new FakeScript
            {
                Paths = ServerPages.Ollama(24_576),
                Quirk = (request, reply) =>
                {
                    isLoaded |= request is { Method: "POST", Path: "/api/generate" };
                    return request.Path == "/api/generate"
                            ? new FakeReply { Body = """{"model":"fake-model","done":true,"done_reason":"load"}""" }
                        : request.Path == "/api/ps" && !isLoaded ? new FakeReply { Body = """{"models":[]}""" }
                        : reply;
                },
            }
        );

        var looked = await FindAsync(server, null);
        Assert.False(isLoaded);
        Assert.Equal(4096, looked.Profile!.Window);
        Assert.Contains(looked.Profile.Notices, notice => notice.Contains("is not in memory", StringComparison.Ordinal));

        await using var connection = await ModelConnection.OpenAsync(Settings(server, null), TimeProvider.System, Asking.Token);
        Assert.Equal((24_576, 0), (connection.Profile.Window, connection.Profile.Notices.Count));
        Assert.Empty(server.Chats);
    }

    [Fact]
    public async Task What_an_error_once_showed_locks_nobody_out_of_a_server_that_says_it_has_enough()
    {
        await using var server = new FakeModelServer(new FakeScript { Paths = ServerPages.LlamaCpp(8192) });
        using var cache = new TemporaryFolder();
        var settings = Settings(server, null) with { CacheFolder = cache.Path };
        new EndpointCache(cache.Path, TimeProvider.System).Save(
            new(server.BaseUrl),
            "fake-model",
            EndpointMemory.Empty with
            {
                Window = 2949,
                ToldWindow = 8192,
            }
        );

        Assert.Equal(8192, (await ModelConnection.FindAsync(settings, TimeProvider.System, Asking.Token)).Profile!.Window);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Where_only_a_locked_server_listens_the_user_hears_of_the_key(int status)
    {
        await using var server = new FakeModelServer(
            new FakeScript { Rules = [new(new FakeReply { Status = status, Body = "no" }) { Path = "/v1/models" }] }
        );

        var found = await FindOnPortsAsync(server);

        Assert.Equal(ModelFault.Refused, found.Problem!.Fault);
        Assert.Equal($"{server.BaseUrl} wants a key ({status}).", found.Problem.What);
        Assert.Equal($"Name it with --base-url {server.BaseUrl} and put its key into CODEX_SIDECAR_API_KEY.", found.Problem.Cure);
        Assert.Equal([new EndpointAttempt(server.BaseUrl, $"{status}", false)], found.Attempts);
    }

    [Fact]
    public async Task A_server_that_is_loading_is_found_on_its_port_too()
    {
        var isReady = false;
        await using var server = new FakeModelServer(
            new FakeScript
            {
                Paths = ServerPages.LlamaCpp(8192),
                Quirk = (_, reply) => isReady ? reply : new FakeReply { Status = 503, Text = "Loading model" },
            }
        );
        await using var other = new FakeModelServer(new FakeScript());

        var found = await FindOnPortsAsync(server, other);
        Assert.Equal((true, "is loading its model", true), (found.IsLoading, found.Attempts[0].Result, found.Attempts[0].Usable));

        // The same server is taken, whenever one looks.
        isReady = true;
        Assert.Equal($"fake-model at {server.BaseUrl}", (await FindOnPortsAsync(server, other)).Profile!.Display);
    }

    private static Task<FoundModel> FindOnPortsAsync(params IReadOnlyList<FakeModelServer> servers) =>
        ModelConnection.FindAsync(
            Settings(servers[0], null) with
            {
                BaseUrl = null,
                Ports = [.. servers.Select(server => new KnownPort(server.Port, "a server", "start it"))],
            },
            TimeProvider.System,
            Asking.Token
        );

    private static FakeScript Script(string list, string paths) =>
        new()
        {
            Models = JsonElement.Parse(list),
            Paths = JsonElement.Parse(paths).EnumerateObject().ToDictionary(path => path.Name, path => path.Value),
        };

    private static ModelSettings Settings(FakeModelServer server, string? model) =>
        new(server.BaseUrl, model, null, null, [], null, "", _ => null) { Ports = [] };

    private static Task<FoundModel> FindAsync(FakeModelServer server, string? model) =>
        ModelConnection.FindAsync(Settings(server, model), TimeProvider.System, Asking.Token);
}

using System.Text.Json;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>A state a model server can be in, and what <c>doctor</c> has to say of it. docs/models.md has the same table.</summary>
/// <param name="State">Of the first finding about the model.</param>
/// <param name="Text">What it says; URL stands for the server's address.</param>
/// <param name="Fix">What to do; null: nothing, or a warning behind it says so.</param>
internal sealed record DoctorState(string Name, FakeScript Server, string State, string Text, string? Fix)
{
    /// <summary>Of <c>CODEX_SIDECAR_API_KEY</c>; empty: not set.</summary>
    public string Key { get; init; } = "";
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A warning about the model that has to be there too.</summary>
    public string? Warning { get; init; }

    /// <summary>As <see cref="Warning"/>, of what is well.</summary>
    public string? Fact { get; init; }

    public override string ToString() => Name;

    private const string PutKey =
        "Put the key into an environment variable: CODEX_SIDECAR_API_KEY, or another one that --api-key-env names.";

    /// <summary>llama-server with --api-key, of the versions whose list of models is public.</summary>
    private static FakeScript Locked =>
        new()
        {
            Paths = ServerPages.LlamaCpp(8192),
            Rules =
            [
                new(
                    new FakeReply
                    {
                        Status = 401,
                        Body = """{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}""",
                    }
                )
                {
                    Path = "/props",
                    Without = "right",
                },
            ],
        };

    /// <summary>A gateway: everybody may see what it has, and only a request shows whether the key is taken.</summary>
    private static FakeScript Gateway(string path) =>
        new() { Rules = [new(new FakeReply { Status = 401, Text = "No auth credentials found" }) { Path = path, Without = "right" }] };

    private static FakeScript Ollama(string list) => new() { Models = JsonElement.Parse(list), Paths = ServerPages.Ollama(8192) };

    public static IReadOnlyList<DoctorState> All =>
        [
            new("ready", new() { Paths = ServerPages.LlamaCpp(8192) }, "ok", "fake-model at URL, context window 8,192 tokens", null),
            new(
                "too small a window",
                new() { Paths = ServerPages.LlamaCpp(2048) },
                "problem",
                "fake-model at URL has a context window of 2,048 tokens; at least 3,000 are needed.",
                "Start llama-server with a larger -c, which is divided by its slots (-np), or set CODEX_SIDECAR_CONTEXT_WINDOW if "
                    + "the number is wrong."
            ),
            new(
                "a variable for the key that is not set",
                new(),
                "problem",
                "--api-key-env names NOT_SET_HERE, which is not set.",
                "Set it, or leave the option off if URL needs no key."
            )
            {
                Arguments = ["--api-key-env", "NOT_SET_HERE"],
            },
            new("no key, the list is public", Locked, "problem", "URL wants a key (401).", PutKey),
            new("a wrong key, the list is public", Locked, "problem", "URL wants another key (401).", PutKey) { Key = "wrong" },
            new("the right key", Locked, "ok", "fake-model at URL, context window 8,192 tokens", null) { Key = "right" },
            new("no key, all but requests is public", Gateway("/v1/completions"), "problem", "URL wants a key (401).", PutKey),
            new(
                "a wrong key, all but requests is public",
                Gateway("/v1/chat/completions"),
                "problem",
                "URL wants another key (401).",
                PutKey
            )
            {
                Key = "wrong",
            },
            new(
                "the right key, all but requests is public",
                Gateway("/v1/chat/completions"),
                "ok",
                "fake-model at URL, context window 4,096 tokens",
                null
            )
            {
                Key = "right",
            },
            new(
                "KoboldCpp with a password and no key",
                new()
                {
                    Paths = new Dictionary<string, JsonElement>
                    {
                        ["/api/extra/version"] = JsonElement.Parse("""{"result":"KoboldCpp","version":"1.115.1","protected":true}"""),
                        ["/api/extra/true_max_context_length"] = JsonElement.Parse("""{"value":8192}"""),
                    },
                },
                "problem",
                "URL wants a key (401).",
                PutKey
            ),
            new(
                "loading",
                new() { Quirk = (_, _) => new FakeReply { Status = 503, Text = "Loading model" } },
                "warning",
                "URL is loading its model and answers nothing yet.",
                "Wait until it is ready; a run waits for it by itself, up to 2 minutes."
            ),
            new(
                "there, but silent",
                new() { Quirk = (_, reply) => reply with { Hang = true, Body = null, Text = "" } },
                "warning",
                "URL is there, but answered nothing for some seconds.",
                "It hangs, or has work that takes long: look at its log. A run looks again for 2 minutes."
            ),
            new(
                "a router with several models",
                new()
                {
                    Models = JsonElement.Parse(
                        """{"data":[{"id":"swa-coder","status":{"value":"unloaded"}},{"id":"tiny","status":{"value":"loaded"}}]}"""
                    ),
                    Paths = new Dictionary<string, JsonElement>
                    {
                        ["/props"] = JsonElement.Parse("""{"role":"router","default_generation_settings":{"n_ctx":0}}"""),
                        ["/props?model=tiny&autoload=false"] = JsonElement.Parse("""{"default_generation_settings":{"n_ctx":16384}}"""),
                    },
                },
                "ok",
                "tiny at URL, context window 16,384 tokens",
                null
            )
            {
                Fact = "Has 2 models: tiny is taken, which is in memory; another one with --model",
            },
            new(
                "a name that a router does not have",
                new()
                {
                    Models = JsonElement.Parse(
                        """{"data":[{"id":"swa-coder","status":{"value":"unloaded"}},{"id":"tiny","status":{"value":"loaded"}}]}"""
                    ),
                },
                "problem",
                "URL has no model tinny. It has: tiny, swa-coder.",
                "Give one it has, --model tiny."
            )
            {
                Arguments = ["--model", "tinny"],
            },
            new(
                "a name that the server does not have and ignores",
                new() { Paths = ServerPages.LlamaCpp(8192) },
                "ok",
                "fake-model at URL, context window 8,192 tokens",
                null
            )
            {
                Arguments = ["--model", "nonsense"],
                Warning =
                    "URL has no model nonsense; fake-model answers there, whatever name is given. Give --model fake-model, or leave "
                    + "the name out.",
            },
            new(
                "a name that the server does not have and refuses",
                Ollama("""["llama3.1:8b","qwen2.5-coder:7b"]"""),
                "problem",
                "URL has no model qwen2.5-coder. It has: qwen2.5-coder:7b, llama3.1:8b.",
                "Give one it has, --model qwen2.5-coder:7b, or get it: ollama pull qwen2.5-coder."
            )
            {
                Arguments = ["--model", "qwen2.5-coder"],
            },
            new("no model at all", Ollama("[]"), "problem", "URL has no model.", "Get one: ollama pull qwen2.5-coder:7b."),
            new(
                "a model that is not in memory",
                new()
                {
                    Models = JsonElement.Parse("""["coder"]"""),
                    Paths = new Dictionary<string, JsonElement>
                    {
                        ["/api/v0/models"] = JsonElement.Parse(
                            """{"data":[{"id":"coder","state":"not-loaded","max_context_length":131072}]}"""
                        ),
                    },
                },
                "ok",
                "coder at URL, context window 4,096 tokens",
                null
            )
            {
                Warning =
                    "coder is not in memory, so its context window is not known yet; 4,096 tokens are assumed. A run has it loaded first "
                    + "and takes the window it gets.",
            },
            new("no model server", new() { Models = JsonElement.Parse("{}") }, "ok", "default at URL, context window 4,096 tokens", null)
            {
                Warning =
                    "URL tells nothing of its models (200 for /models); default is asked for. If it has another name, give it with "
                    + "--model.",
            },
            new(
                "Codex Sidecar itself",
                new() { Models = JsonElement.Parse("""{"data":[{"id":"codex-sidecar","owned_by":"codex-sidecar"}]}""") },
                "problem",
                "URL, which --base-url names, is Codex Sidecar itself and has no model of its own.",
                "Name the server that has one."
            ),
        ];
}

namespace CodexSidecar.Engine.Models;

/// <param name="Name">Of the server that usually listens there.</param>
internal sealed record KnownPort(int Port, string Name, string Start);

/// <param name="Found">Null: nothing; <paramref name="Problem"/> says what to do.</param>
internal sealed record EndpointSearch(
    Endpoint? Found,
    ModelProfile? Profile,
    ModelException? Problem,
    IReadOnlyList<EndpointAttempt> Attempts
);

/// <summary>Finds the model server: what the user named, or else what listens on this machine.</summary>
/// <param name="ports">Looked at in this order of preference when nothing is named.</param>
internal sealed class EndpointFinder(ModelSettings settings, EndpointCache cache, IReadOnlyList<KnownPort> ports)
{
    public const string BaseUrlVariable = "CODEX_SIDECAR_BASE_URL";
    public const string ModelVariable = "CODEX_SIDECAR_MODEL";
    public const string KeyVariable = "CODEX_SIDECAR_API_KEY";
    public const string WindowVariable = "CODEX_SIDECAR_CONTEXT_WINDOW";
    private const string OpenAiBaseUrlVariable = "OPENAI_BASE_URL";
    private const string OpenAiKeyVariable = "OPENAI_API_KEY";

    /// <summary>Some servers refuse a request without a key; this one is nobody's.</summary>
    private const string NoKey = "none";

    private const int AssumedWindow = 4096,
        SmallestWindow = 3000;

    public static readonly IReadOnlyList<KnownPort> KnownPorts =
    [
        new(11434, "Ollama", "ollama serve"),
        new(1234, "LM Studio", "lms server start"),
        new(8080, "llama.cpp", "llama-server -m MODEL.gguf --port 8080"),
        new(8000, "vLLM", "vllm serve MODEL"),
        new(30000, "SGLang", "python -m sglang.launch_server --model-path MODEL"),
        new(1337, "Jan", "the local server in Jan's settings"),
        new(5001, "KoboldCpp", "koboldcpp --model MODEL.gguf"),
        new(5000, "text-generation-webui", "python server.py --api"),
        new(4891, "GPT4All", "the local server in GPT4All's settings"),
    ];

    private readonly List<EndpointAttempt> attempts = [];
    private readonly List<string> notices = [];

    public async Task<EndpointSearch> FindAsync(CancellationToken cancellationToken)
    {
        if (settings.BaseUrl is { Length: > 0 } explicitly)
        {
            return await NamedAsync(explicitly, "--base-url", KeyVariable, cancellationToken);
        }
        if (settings.Variable(BaseUrlVariable) is { Length: > 0 } variable)
        {
            return await NamedAsync(variable, BaseUrlVariable, KeyVariable, cancellationToken);
        }
        if (settings.Variable(OpenAiBaseUrlVariable) is { Length: > 0 } openAi)
        {
            if (EndpointAddress.Normalise(openAi) is { IsLoopback: true })
            {
                return await NamedAsync(openAi, OpenAiBaseUrlVariable, OpenAiKeyVariable, cancellationToken);
            }
            var address = EndpointAddress.Normalise(openAi)?.AbsoluteUri ?? OpenAiBaseUrlVariable;
            attempts.Add(new(address, "found, not used: not on this machine", false));
            notices.Add(
                $"{OpenAiBaseUrlVariable} names {address}, which is not on this machine and is not used. "
                    + $"If you want it, say so with --base-url or {BaseUrlVariable}."
            );
        }
        return await DiscoverAsync(cancellationToken);
    }

    private async Task<EndpointSearch> NamedAsync(string text, string source, string keyVariable, CancellationToken cancellationToken)
    {
        if (EndpointAddress.Normalise(text) is not { } baseUrl)
        {
            return Failed(ModelFault.Unreachable, $"{source} is not an address. It should look like http://127.0.0.1:8080/v1.");
        }
        var address = baseUrl.AbsoluteUri.TrimEnd('/');
        var keyName = settings.ApiKeyEnv ?? keyVariable;
        if (settings.ApiKeyEnv is { } named && settings.Variable(named) is not { Length: > 0 })
        {
            return Failed(
                ModelFault.Refused,
                $"--api-key-env names {named}, which is not set. Set it, or leave the option off if {address} needs no key."
            );
        }
        var key = settings.Variable(keyName) is { Length: > 0 } given ? given : NoKey;
        using var probe = new EndpointProbe(connect: TimeSpan.FromSeconds(1.5), answer: TimeSpan.FromSeconds(3), baseUrl.IsLoopback);
        var answer = await probe.AskAsync(baseUrl, key, cancellationToken);
        var other = settings.ApiKeyEnv is null ? ", or another one that --api-key-env names" : "";
        var advice = $"Put the key into an environment variable: {keyName}{other}.";
        // Whoever answers at a named address is taken at the user's word, even if it has no list of models.
        attempts.Add(new(address, answer.Result, answer.Status is not (0 or 401 or 403)));
        return answer.Status switch
        {
            0 => Failed(
                ModelFault.Unreachable,
                $"No model server answers at {address} ({answer.Result}), which {source} names. "
                    + $"Start it, or give another address with --base-url or {BaseUrlVariable}."
            ),
            401 or 403 => Failed(ModelFault.Refused, $"{address} wants {(key == NoKey ? "a" : "another")} key ({answer.Status}). {advice}"),
            _ => Found(baseUrl, answer, key, advice),
        };
    }

    private async Task<EndpointSearch> DiscoverAsync(CancellationToken cancellationToken)
    {
        using var probe = new EndpointProbe(connect: TimeSpan.FromMilliseconds(300), answer: TimeSpan.FromSeconds(1), isLoopback: true);
        var found = await Task.WhenAll(
            ports.Select(async known =>
            {
                var baseUrl = new Uri($"http://127.0.0.1:{known.Port}/v1");
                return (known, baseUrl, answer: await probe.AskAsync(baseUrl, NoKey, cancellationToken));
            })
        );
        static bool IsUsable(EndpointAnswer answer) => answer is { IsServer: true, IsOurs: false, Status: not 401 };
        attempts.AddRange(
            found.Select(one => new EndpointAttempt(
                one.baseUrl.AbsoluteUri,
                one.answer.IsOurs ? "is Codex Sidecar itself" : one.answer.Result,
                IsUsable(one.answer)
            ))
        );
        var usable = found.FirstOrDefault(one => IsUsable(one.answer));
        return usable.answer is not null
            ? Found(usable.baseUrl, usable.answer, NoKey, $"Name it with --base-url and put its key into {KeyVariable}.")
            : Failed(ModelFault.NoModel, Nothing());
    }

    private EndpointSearch Found(Uri baseUrl, EndpointAnswer answer, string key, string advice)
    {
        var model = answer.Choose(settings.Model ?? (settings.Variable(ModelVariable) is { Length: > 0 } named ? named : null));
        var memory = cache.Load(baseUrl, model.Id);
        var endpoint = new Endpoint(baseUrl, model.Id, answer.Family, key, advice, memory, learnt => cache.Save(baseUrl, model.Id, learnt))
        {
            WasThere = answer.Status > 0,
            IsLoaded = model.IsLoaded,
            ToldWindow = model.Window,
        };
        if (WindowOf(model, memory) is not { } window)
        {
            return Failed(ModelFault.Context, $"{WindowVariable} is not a number of tokens.");
        }
        if (window < SmallestWindow)
        {
            return Failed(
                ModelFault.Context,
                $"{model.Id} at {endpoint.Address} has a context window of {window:#,0} tokens; at least {SmallestWindow:#,0} are needed. "
                    + $"Start the server with a larger context, or set {WindowVariable} if the number is wrong."
            );
        }
        if (!baseUrl.IsLoopback)
        {
            notices.Add($"{endpoint.Address} is not on this machine: your code is sent there.");
        }
        return new(
            endpoint,
            new(model.Id, $"{model.Id} at {endpoint.Address}", window)
            {
                Notices = [.. notices],
                HonoursSchema = EndpointFamily.HonoursSchema(answer.Family) && !memory.RejectedFields.Contains("response_format"),
                AtOnce = EndpointFamily.AtOnce(answer.Family),
            },
            null,
            attempts
        );
    }

    /// <returns>Null: the variable is not a number.</returns>
    private int? WindowOf(ServedModel model, EndpointMemory memory)
    {
        if (settings.Variable(WindowVariable) is { Length: > 0 } text)
        {
            return int.TryParse(text, out var tokens) && tokens > 0 ? tokens : null;
        }
        var seen = memory.ToldWindow == model.Window ? memory.Window : null;
        if (model.Window is null && seen is null)
        {
            notices.Add(
                $"The server does not tell the context window of {model.Id}; {AssumedWindow:#,0} tokens are assumed. "
                    + $"If it has more, set {WindowVariable}."
            );
        }
        // An overflow error knows better than the model's description.
        return Math.Min(seen ?? int.MaxValue, model.Window ?? seen ?? AssumedWindow);
    }

    private EndpointSearch Failed(ModelFault fault, string message) => new(null, null, new(fault, message), attempts);

    private string Nothing() =>
        string.Join(
            '\n',
            [
                "No model server was found on this machine. Looked at:",
                .. attempts.Select(attempt => $"  {attempt.Address}: {attempt.Result}"),
                $"Start one, or name one with --base-url URL, {BaseUrlVariable} or {OpenAiBaseUrlVariable}:",
                .. ports.Select(known => $"  {known.Name}: {known.Start}"),
                "Without any model, `codex-sidecar try` runs a sample with recorded replies.",
            ]
        );
}

namespace CodexSidecar.Engine.Models;

/// <param name="Name">Of the server that usually listens there.</param>
internal sealed record KnownPort(int Port, string Name, string Start);

/// <param name="Found">Null: nothing; <paramref name="Problem"/> says what to do.</param>
internal sealed record EndpointSearch(
    Endpoint? Found,
    ModelProfile? Profile,
    ModelException? Problem,
    IReadOnlyList<EndpointAttempt> Attempts
)
{
    /// <summary>There is a server, which has no model in memory yet.</summary>
    public bool IsLoading { get; init; }

    /// <summary>Which of several models is taken, and why, as a sentence; null: there was nothing to choose.</summary>
    public string? Chosen { get; init; }
}

/// <summary>Finds the model server: what the user named, or else what listens on this machine.</summary>
internal sealed class EndpointFinder(ModelSettings settings, TimeProvider time)
{
    public const string BaseUrlVariable = "CODEX_SIDECAR_BASE_URL";
    public const string ModelVariable = "CODEX_SIDECAR_MODEL";
    public const string KeyVariable = "CODEX_SIDECAR_API_KEY";
    public const string WindowVariable = "CODEX_SIDECAR_CONTEXT_WINDOW";
    private const string OpenAiBaseUrlVariable = "OPENAI_BASE_URL";
    private const string OpenAiKeyVariable = "OPENAI_API_KEY";

    /// <summary>Some servers refuse a request without a key; this one is nobody's.</summary>
    public const string NoKey = "none";

    public const string IsLoadingTitle = "The model is being loaded";

    /// <summary>Two minutes: a look at a server that says nothing takes three seconds longer.</summary>
    private const int LooksWhileLoading = 60,
        LooksWhileSilent = 24;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

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

    /// <summary>Waits for a model that is being loaded, and has one loaded that a first request would load: for a run, which needs the
    /// window it will really have.</summary>
    public bool Waits { get; init; }

    /// <summary>Asks whether the key is taken where all that is looked at is public.</summary>
    public bool ProvesKey { get; init; }

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
            return Failed(ModelFault.Unreachable, $"{source} is not an address.", "It should look like http://127.0.0.1:8080/v1.");
        }
        var address = baseUrl.AbsoluteUri.TrimEnd('/');
        var keyName = settings.ApiKeyEnv ?? keyVariable;
        if (settings.ApiKeyEnv is { } named && settings.Variable(named) is not { Length: > 0 })
        {
            return Failed(
                ModelFault.Refused,
                $"--api-key-env names {named}, which is not set.",
                $"Set it, or leave the option off if {address} needs no key."
            );
        }
        var key = settings.Variable(keyName) is { Length: > 0 } given ? given : NoKey;
        using var probe = EndpointProbe.OfNamed(baseUrl);
        var answer = await LookAsync(probe, baseUrl, key, cancellationToken);
        var other = settings.ApiKeyEnv is null ? ", or another one that --api-key-env names" : "";
        var advice = $"Put the key into an environment variable: {keyName}{other}.";
        // Whoever answers at a named address is taken at the user's word, even if it has no list of models.
        attempts.Add(new(address, answer.Result, answer is { Status: not (0 or 401 or 403), IsOurs: false }));
        return answer switch
        {
            { Status: 0 } => Failed(
                ModelFault.Unreachable,
                $"No model server answers at {address} ({answer.Result}), which {source} names.",
                $"Start it, or give another address with --base-url or {BaseUrlVariable}."
            ),
            { Status: 401 or 403 } => WantsKey(address, key, answer.Status, advice),
            { IsOurs: true } => Failed(
                ModelFault.NoModel,
                $"{address}, which {source} names, is Codex Sidecar itself and has no model of its own.",
                "Name the server that has one."
            ),
            _ => await FoundAsync(probe, new(baseUrl, key, advice), answer, cancellationToken),
        };
    }

    private async Task<EndpointSearch> DiscoverAsync(CancellationToken cancellationToken)
    {
        using var probe = new EndpointProbe(connect: TimeSpan.FromMilliseconds(300), answer: TimeSpan.FromSeconds(1), isLoopback: true);
        var found = await Task.WhenAll(
            settings.Ports.Select(async known =>
            {
                var baseUrl = new Uri($"http://127.0.0.1:{known.Port}/v1");
                return (known, baseUrl, answer: await probe.AskAsync(baseUrl, NoKey, cancellationToken));
            })
        );
        static bool IsUsable(EndpointAnswer answer) => answer is { IsServer: true, IsOurs: false, Status: not (401 or 403) };
        attempts.AddRange(
            found.Select(one => new EndpointAttempt(
                one.baseUrl.AbsoluteUri,
                one.answer.IsOurs ? "is Codex Sidecar itself" : one.answer.Result,
                IsUsable(one.answer)
            ))
        );
        var usable = found.FirstOrDefault(one => IsUsable(one.answer));
        if (usable.answer is null)
        {
            var locked = found.FirstOrDefault(one => one.answer.Status is 401 or 403);
            return locked.answer is null
                ? Failed(ModelFault.NoModel, Nothing())
                : WantsKey(Address(locked.baseUrl), NoKey, locked.answer.Status, Advice(locked.baseUrl));
        }
        var answer = usable.answer.IsLoading ? await LookAsync(probe, usable.baseUrl, NoKey, cancellationToken) : usable.answer;
        return await FoundAsync(probe, new(usable.baseUrl, NoKey, Advice(usable.baseUrl)), answer, cancellationToken);
    }

    private static string Address(Uri baseUrl) => baseUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>A key only goes to a server that was named.</summary>
    private static string Advice(Uri baseUrl) => $"Name it with --base-url {Address(baseUrl)} and put its key into {KeyVariable}.";

    /// <summary>Servers read gigabytes before they can answer; a run that begins before knows neither model nor window.</summary>
    private async Task<EndpointAnswer> LookAsync(EndpointProbe probe, Uri baseUrl, string key, CancellationToken cancellationToken)
    {
        var answer = await probe.AskAsync(baseUrl, key, cancellationToken);
        for (
            var look = 0;
            Waits
                && look
                    < (
                        answer.IsLoading ? LooksWhileLoading
                        : answer.IsSilent ? LooksWhileSilent
                        : 0
                    );
            look++
        )
        {
            if (look == 0)
            {
                settings.OnWait(
                    $"the model at {Address(baseUrl)}",
                    answer.IsLoading ? IsLoadingTitle : "The model server answers nothing yet",
                    answer.IsLoading
                        ? $"{Address(baseUrl)} is still loading its model; waiting up to 2 minutes."
                        : $"{Address(baseUrl)} is there, but has work that takes long, or hangs; waiting up to 2 minutes."
                );
            }
            await Task.Delay(BetweenLooks, time, cancellationToken);
            answer = await probe.AskAsync(baseUrl, key, cancellationToken);
        }
        return answer;
    }

    private async Task<EndpointSearch> FoundAsync(
        EndpointProbe probe,
        EndpointPlace place,
        EndpointAnswer answer,
        CancellationToken cancellationToken
    )
    {
        if (answer.IsLoading)
        {
            return Failed(
                ModelFault.Timeout,
                Waits
                    ? $"{place.Address} was still loading its model after 2 minutes."
                    : $"{place.Address} is loading its model and answers nothing yet.",
                Waits ? "Try again when it is ready." : "Wait until it is ready; a run waits for it by itself, up to 2 minutes."
            ) with
            {
                IsLoading = true,
            };
        }
        // A run asks it all the same: there are servers that answer one question at a time.
        if (answer.IsSilent && !Waits)
        {
            return Failed(
                ModelFault.Timeout,
                $"{place.Address} is there, but answered nothing for some seconds.",
                "It hangs, or has work that takes long: look at its log. A run looks again for 2 minutes."
            ) with
            {
                IsLoading = true,
            };
        }
        var choice = new EndpointChoice(settings, time, notices);
        try
        {
            var (endpoint, profile) = await choice.OfAsync(probe, place, answer, Waits, cancellationToken);
            if (ProvesKey && await KeyProblemAsync(probe, place, answer, endpoint.Model, cancellationToken) is { } refused)
            {
                attempts[^1] = attempts[^1] with { Usable = false };
                return WantsKey(place.Address, place.Key, refused, place.KeyAdvice);
            }
            return new(endpoint, profile, null, attempts) { Chosen = choice.Chosen };
        }
        catch (ModelException problem)
        {
            return new(null, null, problem, attempts);
        }
    }

    /// <summary>The known families show a wrong key by what they answer; only KoboldCpp's answers are all public.</summary>
    /// <returns>The status of the refusal; null: it takes the key, or none is needed.</returns>
    private static async Task<int?> KeyProblemAsync(
        EndpointProbe probe,
        EndpointPlace place,
        EndpointAnswer answer,
        string model,
        CancellationToken cancellationToken
    )
    {
        if (answer.HasPassword && !place.HasKey)
        {
            return 401;
        }
        if (answer.Family is not (EndpointFamily.Unknown or EndpointFamily.Kobold))
        {
            return null;
        }
        var status = await probe.KeyStatusAsync(place.BaseUrl, place.Key, place.HasKey, model, cancellationToken);
        return status is 401 or 403 ? status : null;
    }

    private EndpointSearch WantsKey(string address, string key, int status, string advice) =>
        Failed(ModelFault.Refused, $"{address} wants {(key == NoKey ? "a" : "another")} key ({status}).", advice);

    private EndpointSearch Failed(ModelFault fault, string message, string? cure = null) =>
        new(null, null, new(fault, message, cure), attempts);

    private string Nothing() =>
        string.Join(
            '\n',
            [
                "No model server was found on this machine. Looked at:",
                .. attempts.Select(attempt => $"  {attempt.Address}: {attempt.Result}"),
                $"Start one, or name one with --base-url URL, {BaseUrlVariable} or {OpenAiBaseUrlVariable}:",
                .. settings.Ports.Select(known => $"  {known.Name}: {known.Start}"),
                "Without any model, `codex-sidecar try` runs a sample with recorded replies.",
            ]
        );
}

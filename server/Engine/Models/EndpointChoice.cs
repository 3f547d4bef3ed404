namespace CodexSidecar.Engine.Models;

/// <summary>Where a server is, and the key for it.</summary>
internal sealed record EndpointPlace(Uri BaseUrl, string Key, string KeyAdvice)
{
    public string Address => BaseUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>The user gave one.</summary>
    public bool HasKey => Key != EndpointFinder.NoKey;
}

/// <summary>Which of a server's models is taken, and with which window.</summary>
/// <param name="notices">Gets what the user should know.</param>
internal sealed class EndpointChoice(ModelSettings settings, TimeProvider time, List<string> notices)
{
    private const int AssumedWindow = 4096,
        SmallestWindow = 3000;

    private readonly EndpointCache cache = new(settings.CacheFolder, time);
    private readonly string? named =
        settings.Model is { Length: > 0 } option ? option
        : settings.Variable(EndpointFinder.ModelVariable) is { Length: > 0 } variable ? variable
        : null;

    /// <summary>Which of several models is taken, and why; null: the user named it, or there is one.</summary>
    public string? Chosen { get; private set; }

    /// <param name="loads">Have a model loaded that a first request would load.</param>
    /// <exception cref="ModelException">No such model, or none whose window is large enough.</exception>
    public async Task<(Endpoint Endpoint, ModelProfile Profile)> OfAsync(
        EndpointProbe probe,
        EndpointPlace place,
        EndpointAnswer answer,
        bool loads,
        CancellationToken cancellationToken
    )
    {
        var thinking = ThinkingRoom.MostOf(settings.Variable)
            ?? throw new ModelException(ModelFault.Refused, $"{ThinkingRoom.Variable} is not a number of tokens.");
        var model = Choose(place, answer);
        if (loads && answer.LoadsOnRequest && answer.Find(model.Id) is { IsLoaded: false } && WindowVariable is null)
        {
            settings.OnWait(
                $"{model.Id} at {place.Address}",
                EndpointFinder.IsLoadingTitle,
                $"{place.Address} loads {model.Id}; its window is known then."
            );
            await probe.LoadAsync(place.BaseUrl, place.Key, answer, model.Id, cancellationToken);
            answer = await probe.AskAsync(place.BaseUrl, place.Key, cancellationToken) is { IsServer: true } again ? again : answer;
            model = answer.Find(model.Id) ?? model;
        }
        model = model with { Window = await ToldAsync(probe, place, answer, model, cancellationToken) };
        var memory = cache.Load(place.BaseUrl, model.Id);
        var endpoint = new Endpoint(place.BaseUrl, model.Id, answer.Family, place.Key, place.KeyAdvice, memory, learnt =>
            cache.Save(place.BaseUrl, model.Id, learnt)
        )
        {
            WasThere = answer.Status > 0,
            IsLoaded = model.IsLoaded,
            ToldWindow = model.Window,
            HasKey = place.HasKey,
            MostThinking = thinking,
            LookAgain = WindowVariable is null ? token => LookAgainAsync(place, model.Id, token) : null,
        };
        var window = WindowOf(model, answer, memory);
        if (window < SmallestWindow)
        {
            throw new ModelException(
                ModelFault.Context,
                $"{model.Id} at {place.Address} has a context window of {window:#,0} tokens; at least {SmallestWindow:#,0} are needed.",
                $"{EndpointFamily.Larger(answer.Family)}, or set {EndpointFinder.WindowVariable} if the number is wrong."
            );
        }
        if (!place.BaseUrl.IsLoopback)
        {
            notices.Add($"{place.Address} is not on this machine: your code is sent there.");
        }
        var profile = new ModelProfile(model.Id, $"{model.Id} at {place.Address}", window)
        {
            Notices = [.. notices],
            HonoursSchema = EndpointFamily.HonoursSchema(answer.Family) && !memory.RejectedFields.Contains("response_format"),
            AtOnce = EndpointFamily.AtOnce(answer.Family),
        };
        return (endpoint, profile);
    }

    private static async Task<int?> ToldAsync(
        EndpointProbe probe,
        EndpointPlace place,
        EndpointAnswer answer,
        ServedModel model,
        CancellationToken cancellationToken
    ) =>
        model.Window is null || answer.IsRouter
            ? await probe.WindowAsync(place.BaseUrl, place.Key, answer, model.Id, cancellationToken) ?? model.Window
            : model.Window;

    /// <returns>The window of that model now; null: not told.</returns>
    private static async Task<int?> LookAgainAsync(EndpointPlace place, string model, CancellationToken cancellationToken)
    {
        using var probe = EndpointProbe.OfNamed(place.BaseUrl);
        var answer = await probe.AskAsync(place.BaseUrl, place.Key, cancellationToken);
        return (answer.Find(model) ?? (answer.IgnoresNames ? answer.Usual : null)) is { } found
            ? await ToldAsync(probe, place, answer, found, cancellationToken)
            : null;
    }

    private string? WindowVariable => settings.Variable(EndpointFinder.WindowVariable) is { Length: > 0 } text ? text : null;

    private ServedModel Choose(EndpointPlace place, EndpointAnswer answer)
    {
        if (!answer.IsServer)
        {
            notices.Add(
                $"{place.Address} tells nothing of its models ({(answer.Status > 0 ? $"{answer.Status} for /models" : answer.Result)}); "
                    + $"{named ?? "default"} is asked for. If it has another name, give it with --model."
            );
        }
        if (named is null)
        {
            var usual = answer.Usual ?? Unlisted(place, answer);
            var many = answer.Models.Count(model => model.Chats);
            var why =
                usual.IsLoaded ? "which is in memory"
                : usual.IsForCode ? "the first whose name says code"
                : "the first";
            Chosen = many > 1 ? $"Has {many} models: {usual.Id} is taken, {why}; another one with --model" : null;
            return usual;
        }
        if (answer.Models.Count == 0)
        {
            return answer.RefusesNames && answer.IsServer ? throw HasNone(place, answer, named) : new(named, answer.Window, false, false);
        }
        if (answer.Find(named) is { } found)
        {
            return found;
        }
        var near = answer.NamesLike(named);
        if (answer.IgnoresNames && answer.Usual is { } only)
        {
            notices.Add(
                $"{place.Address} has no model {named}; {only.Id} answers there, whatever name is given. "
                    + $"Give --model {only.Id}, or leave the name out."
            );
            return only;
        }
        if (answer.RefusesNames)
        {
            var fetch = EndpointFamily.Fetch(answer.IsRouter ? EndpointFamily.Unknown : answer.Family, named);
            throw new ModelException(
                ModelFault.Refused,
                $"{place.Address} has no model {named}. It has: {answer.NamesInWords(named)}.",
                $"Give one it has{(near.Count > 0 ? $", --model {near[0]}" : "")}{(fetch.Length > 0 ? $", or get it: {fetch}" : "")}."
            );
        }
        notices.Add(
            $"{place.Address} does not list the model {named}. It lists: {answer.NamesInWords(named)}. "
                + $"If it refuses the name, give --model {(near.Count > 0 ? near[0] : "NAME")}."
        );
        return new(named, answer.Models is [var one] ? one.Window : answer.Window, false, false);
    }

    private static ServedModel Unlisted(EndpointPlace place, EndpointAnswer answer) =>
        answer.IsServer && answer.RefusesNames
            ? throw HasNone(place, answer, "qwen2.5-coder:7b")
            : new("default", answer.Window, false, false);

    private static ModelException HasNone(EndpointPlace place, EndpointAnswer answer, string wanted)
    {
        var fetch = EndpointFamily.Fetch(answer.IsRouter ? EndpointFamily.Unknown : answer.Family, wanted);
        return new(
            ModelFault.NoModel,
            $"{place.Address} has no model{(answer.Models.Count > 0 ? " that chats" : "")}.",
            fetch.Length > 0 ? $"Get one: {fetch}." : "Start the server with one."
        );
    }

    /// <exception cref="ModelException">The variable is not a number.</exception>
    private int WindowOf(ServedModel model, EndpointAnswer answer, EndpointMemory memory)
    {
        if (WindowVariable is { } text)
        {
            return int.TryParse(text, out var tokens) && tokens > 0
                ? tokens
                : throw new ModelException(ModelFault.Context, $"{EndpointFinder.WindowVariable} is not a number of tokens.");
        }
        // What an error showed never makes a server unusable that says it has enough.
        var seen = memory.ToldWindow == model.Window && memory.Window is >= SmallestWindow ? memory.Window : null;
        if (model.Window is null && seen is null)
        {
            notices.Add(
                answer.LoadsOnRequest && !model.IsLoaded
                    ? $"{model.Id} is not in memory, so its context window is not known yet; {AssumedWindow:#,0} tokens are assumed. "
                        + $"A run has it loaded first and takes the window it gets."
                    : $"The server does not tell the context window of {model.Id}; {AssumedWindow:#,0} tokens are assumed. "
                        + $"If it has more, set {EndpointFinder.WindowVariable}."
            );
        }
        // An overflow error knows better than the model's description.
        return Math.Min(seen ?? int.MaxValue, model.Window ?? seen ?? AssumedWindow);
    }
}

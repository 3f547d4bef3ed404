using CodexSidecar.Engine.Policy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexSidecar.Engine.Models;

/// <param name="Variable">Reads an environment variable.</param>
/// <param name="CacheFolder">For what was learnt about endpoints.</param>
/// <param name="Cassette">Replay this file and ask no server.</param>
/// <param name="RecordTo">Files the exchanges are recorded to, flushed one by one.</param>
/// <param name="RecordLabel">Null: "recorded from MODEL".</param>
internal sealed record ModelSettings(
    string? BaseUrl,
    string? Model,
    string? ApiKeyEnv,
    string? Cassette,
    IReadOnlyList<string> RecordTo,
    string? RecordLabel,
    string CacheFolder,
    Func<string, string?> Variable
)
{
    /// <summary>Hears of tries that failed.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Hears, before a wait for a server that is not ready, of which model, and a title and a sentence about it. Must not
    /// throw.</summary>
    public Action<string, string, string> OnWait { get; init; } = (_, _, _) => { };

    /// <summary>Where to look when no server is named. Tests put their own here.</summary>
    public IReadOnlyList<KnownPort> Ports { get; init; } = EndpointFinder.KnownPorts;
}

/// <summary>What is known of the endpoint.</summary>
/// <param name="Display">For the user: <c>qwen2.5-coder:14b at http://127.0.0.1:11434/v1</c>, or the cassette's label.</param>
/// <param name="Window">Context window in tokens.</param>
internal sealed record ModelProfile(string Model, string Display, int Window)
{
    /// <summary>Sentences the user should see before the run: an assumed window, an endpoint that is not on this machine.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The server holds a reply to a JSON schema; as known at the start of the run.</summary>
    public bool HonoursSchema { get; init; }

    /// <summary>So many questions on one prefix are answered at the same time without being slower than in turn.</summary>
    public int AtOnce { get; init; } = 1;
}

/// <param name="Address">As tried.</param>
/// <param name="Result">"refused", "timed out", "answers, but is no model server", "401", "3 models".</param>
internal sealed record EndpointAttempt(string Address, string Result, bool Usable);

/// <summary>What a run would find.</summary>
/// <param name="Profile">Null: no server, or no model on it.</param>
/// <param name="Learnt">Sentences about what it can and cannot do.</param>
internal sealed record FoundModel(ModelProfile? Profile, IReadOnlyList<EndpointAttempt> Attempts, IReadOnlyList<string> Learnt)
{
    /// <summary>Why there is none.</summary>
    public ModelException? Problem { get; init; }

    /// <summary>A server is there and will have a model soon.</summary>
    public bool IsLoading { get; init; }
}

/// <summary>One model for one run: finds it, asks it, records it. Orchestration knows no other type of this room.</summary>
internal sealed class ModelConnection : IAsyncDisposable
{
    private readonly IModel model;
    private readonly CassetteRecorder? recorder;
    private readonly CassetteKey keys = new();
    private readonly bool isBeside;

    private ModelConnection(IModel model, ModelConnection main) =>
        (this.model, recorder, keys, isBeside) = (model, main.recorder, main.keys, true);

    private ModelConnection(IModel model, ModelSettings settings)
    {
        this.model = model;
        if (settings.RecordTo.Count > 0)
        {
            var profile = model.Profile;
            var label = settings.RecordLabel
                ?? (settings.Cassette is null ? $"recorded from {profile.Model}" : profile.Display["cassette, ".Length..]);
            bool? honoursSchema = profile.HonoursSchema ? true : null;
            recorder = new(
                settings.RecordTo,
                new(Cassette.Format, Product, label, profile.Model, profile.Window, model.TokenFactor, honoursSchema)
            );
        }
    }

    /// <summary>Of a model that is there already; nothing is recorded.</summary>
    internal ModelConnection(IModel model) => this.model = model;

    /// <summary>For a run that asks no model.</summary>
    public static ModelConnection None => new(new NoModel());

    /// <summary>Its window shrinks when the server shows that it is smaller than it said.</summary>
    public ModelProfile Profile => model.Profile;

    private static string Product => typeof(ModelConnection).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <exception cref="ModelException">No server, or no model on it; the message lists what was tried and what to do.</exception>
    /// <exception cref="FormatException">The cassette cannot be read; the message names file and line.</exception>
    /// <exception cref="IOException">A file to record to cannot be written.</exception>
    public static async Task<ModelConnection> OpenAsync(ModelSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.Cassette is { } cassette)
        {
            return new(new CassettePlayer(CassetteReader.Read(cassette)), settings);
        }
        var search = await Finder(settings, time, waits: true).FindAsync(cancellationToken);
        return search.Problem is null
            ? new(new LiveModel(search.Found!, search.Profile!, time, settings.Log), settings)
            : throw search.Problem;
    }

    /// <summary>
    /// Another model for some roles of the same run, recorded to the same cassette; in a replay the recording answers for it too.
    /// </summary>
    /// <exception cref="ModelException">No server, or no model on it.</exception>
    public async Task<ModelConnection> BesideAsync(ModelSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (model.Weights is not null)
        {
            return this;
        }
        var search = await Finder(settings, time, waits: true).FindAsync(cancellationToken);
        return search.Problem is null ? new(new LiveModel(search.Found!, search.Profile!, time, settings.Log), this) : throw search.Problem;
    }

    /// <summary>The weights of the votes hold for the whole run and for its replay.</summary>
    /// <returns>In a replay the recorded ones; a role that is not among them weighs 1000.</returns>
    public IReadOnlyDictionary<string, int> Freeze(IReadOnlyDictionary<string, int> weights)
    {
        if (model.Weights is { } recorded)
        {
            return recorded;
        }
        if (weights.Values.Any(weight => weight != 1000))
        {
            recorder?.Add(weights);
        }
        return weights;
    }

    /// <summary>What a run would find, for <c>doctor</c> and <c>try</c>: never throws for a missing server, and waits for none that is
    /// loading.</summary>
    /// <param name="proveKey">Where all answers are public, ask whether the key is taken.</param>
    public static async Task<FoundModel> FindAsync(
        ModelSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken,
        bool proveKey = false
    )
    {
        var search = await Finder(settings, time, provesKey: proveKey).FindAsync(cancellationToken);
        IReadOnlyList<string> learnt = search.Found is { } found ? LearntWords.Of(found) : [];
        return new(search.Profile, search.Attempts, search.Chosen is { } chosen ? [.. learnt, chosen] : learnt)
        {
            Problem = search.Problem,
            IsLoading = search.IsLoading,
        };
    }

    /// <summary>Forgets what was learnt of the named server, or of all where none is named.</summary>
    /// <returns>What was forgotten of each, in sentences.</returns>
    public static IReadOnlyList<(string Model, IReadOnlyList<string> Learnt)> Forget(ModelSettings settings, TimeProvider time)
    {
        var named = settings.BaseUrl is { Length: > 0 } text ? EndpointAddress.Normalise(text) : null;
        return
        [
            .. new EndpointCache(settings.CacheFolder, time)
                .Forget(named)
                .Select(one =>
                    (one.Address is null ? "a server of an earlier version" : $"{one.Model} at {one.Address}", LearntWords.Of(one.Memory))
                ),
        ];
    }

    /// <summary>Asks and waits for the whole reply, however slow, as long as bytes come. Secrets in the texts are redacted first.</summary>
    /// <exception cref="ModelException">No usable reply.</exception>
    /// <exception cref="CassetteMismatchException">Replay only.</exception>
    public async Task<ModelReply> AskAsync(ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        prompt = prompt with { Messages = [.. prompt.Messages.Select(message => message with { Text = Secrets.Redact(message.Text) })] };
        var key = keys.Next(prompt);
        try
        {
            var answer = await model.AskAsync(key, prompt, listener, cancellationToken);
            recorder?.Add(key, prompt, answer);
            return answer.Reply;
        }
        catch (ModelException fault)
        {
            // A run may go on after a fault, so a replay has to meet it too.
            recorder?.Add(key, prompt, fault, model.Address, model.Profile.Window);
            throw;
        }
    }

    /// <summary>Tokens a text will cost, calibrated by what the server reported.</summary>
    public int Estimate(string text) => TokenEstimate.Of(text, model.TokenFactor);

    public int Estimate(IReadOnlyList<PromptMessage> messages) => TokenEstimate.Of(messages, model.TokenFactor);

    /// <summary>The window turned out to be smaller than the server said, in tokens; for this run.</summary>
    public void Shrink(int window) => model.Shrink(window);

    /// <summary>Replay only: fails when recorded exchanges were not asked for.</summary>
    /// <exception cref="CassetteMismatchException">Names the first unused one.</exception>
    public void Finish() => model.Finish();

    public ValueTask DisposeAsync()
    {
        if (!isBeside)
        {
            recorder?.Dispose();
        }
        model.Dispose();
        return ValueTask.CompletedTask;
    }

    private static EndpointFinder Finder(ModelSettings settings, TimeProvider time, bool waits = false, bool provesKey = false) =>
        new(settings, time) { Waits = waits, ProvesKey = provesKey };
}

namespace CodexSidecar.Engine.Models;

/// <param name="Variable">Reads an environment variable.</param>
/// <param name="CacheFolder">For what was learnt about endpoints.</param>
/// <param name="Cassette">Replay this file and ask no server.</param>
/// <param name="RecordTo">Files the exchanges are recorded to, flushed one by one.</param>
/// <param name="RecordLabel">Null: "recorded from MODEL".</param>
internal sealed record ModelSettings(
    string? BaseUrl, string? Model, string? ApiKeyEnv, string? Cassette, IReadOnlyList<string> RecordTo, string? RecordLabel, string CacheFolder, Func<string, string?> Variable)
{
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
}

/// <param name="Address">As tried.</param>
/// <param name="Result">"refused", "timed out", "answers, but is no model server", "401", "3 models".</param>
internal sealed record EndpointAttempt(string Address, string Result, bool Usable);

/// <summary>One model for one run: finds it, asks it, records it. Orchestration knows no other type of this room.</summary>
internal sealed class ModelConnection : IAsyncDisposable
{
    private readonly LiveModel live;

    private ModelConnection(ModelProfile profile, LiveModel live)
    {
        Profile = profile;
        this.live = live;
    }

    public ModelProfile Profile { get; }

    /// <exception cref="ModelException">No server, or no model on it; the message lists what was tried and what to do.</exception>
    /// <exception cref="FormatException">The cassette cannot be read; the message names file and line.</exception>
    public static async Task<ModelConnection> OpenAsync(ModelSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var search = await Finder(settings, time).FindAsync(cancellationToken);
        return search.Problem is null ? new(search.Profile!, new(search.Found!, time)) : throw search.Problem;
    }

    /// <summary>What a run would find, for <c>doctor</c> and <c>try</c>: never throws for a missing server.</summary>
    public static async Task<(ModelProfile? Found, IReadOnlyList<EndpointAttempt> Attempts)> FindAsync(ModelSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var search = await Finder(settings, time).FindAsync(cancellationToken);
        return (search.Profile, search.Attempts);
    }

    /// <summary>Asks and waits for the whole reply, however slow, as long as bytes come.</summary>
    /// <exception cref="ModelException">No usable reply.</exception>
    /// <exception cref="CassetteMismatchException">Replay only.</exception>
    public async Task<ModelReply> AskAsync(ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        var (reply, _) = await live.AskAsync(prompt, listener, cancellationToken);
        return reply;
    }

    /// <summary>Tokens a text will cost, calibrated by what the server reported.</summary>
    public int Estimate(string text) => TokenEstimate.Of(text, live.Endpoint.Memory.TokenFactor);

    /// <summary>Replay only: fails when recorded exchanges were not asked for.</summary>
    /// <exception cref="CassetteMismatchException">Names the first unused one.</exception>
    public void Finish()
    {
    }

    public ValueTask DisposeAsync()
    {
        live.Dispose();
        return ValueTask.CompletedTask;
    }

    private static EndpointFinder Finder(ModelSettings settings, TimeProvider time) => new(settings, new(settings.CacheFolder, time), settings.Ports);
}

namespace CodexSidecar.Engine.Models;

/// <param name="Variable">Reads an environment variable.</param>
/// <param name="CacheFolder">For what was learnt about endpoints.</param>
/// <param name="Cassette">Replay this file and ask no server.</param>
/// <param name="RecordTo">Files the exchanges are recorded to, flushed one by one.</param>
/// <param name="RecordLabel">Null: "recorded from MODEL".</param>
internal sealed record ModelSettings(
    string? BaseUrl, string? Model, string? ApiKeyEnv, string? Cassette, IReadOnlyList<string> RecordTo, string? RecordLabel, string CacheFolder, Func<string, string?> Variable);

/// <summary>What is known of the endpoint.</summary>
/// <param name="Display">For the user: <c>qwen2.5-coder:14b at http://127.0.0.1:11434/v1</c>, or the cassette's label.</param>
/// <param name="Window">Context window in tokens.</param>
internal sealed record ModelProfile(string Model, string Display, int Window);

/// <param name="Address">As tried.</param>
/// <param name="Result">"refused", "timed out", "answers, but is no model server", "401", "3 models".</param>
internal sealed record EndpointAttempt(string Address, string Result, bool Usable);

/// <summary>One model for one run: finds it, asks it, records it. Orchestration knows no other type of this room.</summary>
internal sealed class ModelConnection : IAsyncDisposable
{
    /// <exception cref="ModelException">No server, or no model on it; the message lists what was tried and what to do.</exception>
    /// <exception cref="FormatException">The cassette cannot be read; the message names file and line.</exception>
    public static Task<ModelConnection> OpenAsync(ModelSettings settings, TimeProvider time, CancellationToken cancellationToken) => throw new NotImplementedException($"{settings} {time}");

    /// <summary>What a run would find, for <c>doctor</c> and <c>try</c>: never throws for a missing server.</summary>
    public static Task<(ModelProfile? Found, IReadOnlyList<EndpointAttempt> Attempts)> FindAsync(ModelSettings settings, TimeProvider time, CancellationToken cancellationToken) => throw new NotImplementedException($"{settings} {time}");

    public ModelProfile Profile => throw new NotImplementedException();

    /// <summary>Asks and waits for the whole reply, however slow, as long as bytes come.</summary>
    /// <exception cref="ModelException">No usable reply.</exception>
    /// <exception cref="CassetteMismatchException">Replay only.</exception>
    public Task<ModelReply> AskAsync(ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken) => throw new NotImplementedException($"{prompt} {listener}");

    /// <summary>Tokens a text will cost, calibrated by what the server reported.</summary>
    public int Estimate(string text) => throw new NotImplementedException(text);

    /// <summary>Replay only: fails when recorded exchanges were not asked for.</summary>
    /// <exception cref="CassetteMismatchException">Names the first unused one.</exception>
    public void Finish() => throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

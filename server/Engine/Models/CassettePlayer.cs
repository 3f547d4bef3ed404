namespace CodexSidecar.Engine.Models;

/// <summary>Answers from a recording. What was not recorded is an error; no server is ever asked.</summary>
internal sealed class CassettePlayer(Cassette cassette) : IModel
{
    private readonly Lock guard = new();
    private readonly List<CassetteExchange> left = [.. cassette.Exchanges];

    public ModelProfile Profile { get; private set; } =
        new(cassette.Header.Model, $"cassette, {cassette.Header.Label}", cassette.Header.Window)
        {
            HonoursSchema = cassette.Header.Schema is true,
        };

    public string Address => "";

    public IReadOnlyDictionary<string, int>? Weights => cassette.Weights;

    public double TokenFactor { get; private set; } = cassette.Header.TokenFactor;

    public Task<ModelAnswer> AskAsync(string key, ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var exchange = Take(key, prompt);
        if (exchange.Fault is { } fault)
        {
            throw new ModelException(fault, exchange.Text);
        }
        if (exchange.Thought is { } thought)
        {
            listener.Thought(thought);
        }
        foreach (var line in Lines(exchange.Text))
        {
            listener.Text(line);
        }
        var reply = new ModelReply(exchange.Text, exchange.End!.Value, exchange.Usage!, exchange.Milliseconds) { Finish = exchange.Finish };
        return Task.FromResult(new ModelAnswer(reply, exchange.Thought ?? ""));
    }

    public void Shrink(int window) => Profile = Profile with { Window = Math.Min(Profile.Window, window) };

    public void Finish()
    {
        lock (guard)
        {
            if (left.Count > 0)
            {
                var unused = left.Count == 1 ? "1 exchange is" : $"{left.Count} exchanges are";
                throw new CassetteMismatchException(
                    $"The run did not ask for everything that was recorded: {unused} left, the first of them '{left[0].Purpose}'."
                );
            }
        }
    }

    public void Dispose() { }

    private CassetteExchange Take(string key, ModelPrompt prompt)
    {
        lock (guard)
        {
            var at = left.FindIndex(exchange => exchange.Key == key);
            if (at < 0)
            {
                throw new CassetteMismatchException(CassetteDifference.Explain(cassette, left, prompt));
            }
            var taken = left[at];
            left.RemoveAt(at);
            if (taken.Window is { } window)
            {
                Profile = Profile with { Window = window };
            }
            if (taken.Usage is { } usage)
            {
                TokenFactor = TokenEstimate.Learn(TokenFactor, prompt, usage);
            }
            return taken;
        }
    }

    /// <summary>Each with its line break.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = text.IndexOf('\n', start) + 1;
            end = end == 0 ? text.Length : end;
            yield return text[start..end];
        }
    }
}

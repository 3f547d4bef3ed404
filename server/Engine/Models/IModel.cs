namespace CodexSidecar.Engine.Models;

internal sealed record ModelAnswer(ModelReply Reply, string Thought)
{
    /// <summary>The server sent the answer in the field of the reasoning.</summary>
    public bool CameAsThought { get; init; }

    /// <summary>What the reasoning repeated until it was stopped; null: it did not.</summary>
    public string? Circles { get; init; }

    /// <summary>What was spent on the same question before it is counted with it.</summary>
    public ModelAnswer After(ModelUsage before) => this with { Reply = Reply with { Usage = Reply.Usage.After(before) } };
}

/// <summary>Who answers: a server, or a recording of one.</summary>
internal interface IModel : IDisposable
{
    ModelProfile Profile { get; }

    /// <summary>Where it is; empty for a recording.</summary>
    string Address { get; }

    /// <summary>What the votes weighed when the run was recorded; null: no recording.</summary>
    IReadOnlyDictionary<string, int>? Weights { get; }

    /// <summary>Tokens reported by tokens estimated.</summary>
    double TokenFactor { get; }

    /// <param name="key">Which question this is; see <see cref="CassetteKey"/>.</param>
    /// <exception cref="ModelException">No usable reply.</exception>
    /// <exception cref="CassetteMismatchException">A recording only: the question is not in it.</exception>
    Task<ModelAnswer> AskAsync(string key, ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken);

    /// <summary>The window turned out to be smaller than the server said, in tokens; for this run.</summary>
    void Shrink(int window);

    /// <exception cref="CassetteMismatchException">A recording only: something was not asked for.</exception>
    void Finish();
}

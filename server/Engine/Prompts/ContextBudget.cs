namespace CodexSidecar.Engine.Prompts;

/// <summary>How many tokens of the model's window each part of a prompt may take; the table of docs/architecture.md, "Prompts", between 8k
/// and 32k by a straight line.</summary>
internal sealed record ContextBudget(int Notes, int Map, int Files, int Task, int Failure, int Output)
{
    private static readonly ContextBudget Small = new(150, 700, 3_200, 500, 500, 2_000);
    private static readonly ContextBudget Large = new(500, 2_000, 11_000, 1_000, 1_200, 3_600);

    /// <param name="window">The model's context window in tokens.</param>
    public static ContextBudget For(int window)
    {
        const int From = 8_192,
            To = 32_768;
        if (window < From)
        {
            return Small.Scale(Math.Max(0.3, window / (double)From));
        }
        var share = Math.Min(1, (window - From) / (double)(To - From));
        int Between(int small, int large) => (int)(small + ((large - small) * share)) / 50 * 50;
        return new(
            Between(Small.Notes, Large.Notes),
            Between(Small.Map, Large.Map),
            Between(Small.Files, Large.Files),
            Between(Small.Task, Large.Task),
            Between(Small.Failure, Large.Failure),
            Between(Small.Output, Large.Output)
        );
    }

    /// <summary>Characters of ordinary text and code that surely fit into so many tokens.</summary>
    public static int Chars(int tokens) => tokens * 3;

    public ContextBudget Scale(double by) =>
        by == 1
            ? this
            : new((int)(Notes * by), (int)(Map * by), (int)(Files * by), (int)(Task * by), (int)(Failure * by), (int)(Output * by));
}

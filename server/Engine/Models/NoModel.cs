namespace CodexSidecar.Engine.Models;

/// <summary>Nobody answers: for a run that only tests.</summary>
internal sealed class NoModel : IModel
{
    public ModelProfile Profile { get; } = new("none", "none", 0);

    public string Address => "";

    public IReadOnlyDictionary<string, int>? Weights => null;

    public double TokenFactor => 1;

    public Task<ModelAnswer> AskAsync(string key, ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken) =>
        throw new ModelException(ModelFault.NoModel, "This run asks no model.");

    public void Shrink(int window) { }

    public void Finish() { }

    public void Dispose() { }
}

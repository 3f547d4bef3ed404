namespace CodexSidecar.Engine.Patching;

/// <summary>Leaves the planning of one block; becomes a <see cref="PatchRefusal"/> at the planner's one catch.</summary>
/// <param name="code">A refusal code of docs/architecture.md, "Patching".</param>
/// <param name="message">One sentence for the model: what is wrong and what to send.</param>
internal sealed class RefusedException(string code, string message) : Exception(message)
{
    public string Code => code;
}

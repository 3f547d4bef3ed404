using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy;

/// <param name="Subject">The exact path or command line, as it is shown to the user.</param>
/// <param name="Why">What made it this kind, when that is not plain to see; half a sentence.</param>
internal sealed record PolicyAction(ActionKind Kind, string Subject, string? Why = null)
{
    /// <summary>The words of a command, when they are certain: only such a command can be allowed by a rule. Null: it is none, or a text
    /// nothing can be proved about.</summary>
    public IReadOnlyList<string>? Argv { get; init; }

    /// <summary>Every command in it and every reading of it: what a rule forbids is forbidden inside a wrapper, by its full path and in a
    /// shell's text too.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Commands { get; init; } = [];
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Policy.Rules;

internal enum RuleSource
{
    User,
    Workspace,
}

/// <summary>
/// One rule about commands. What tightens holds for every command that begins with its words, wherever it hides; what loosens holds for
/// exactly these words and nothing around them.
/// </summary>
/// <param name="Number">Its place in its file, from 1.</param>
/// <param name="Network">The command may have the network; the rule loosens, whatever its decision.</param>
/// <param name="Why">The author's reason, for people.</param>
internal sealed record PolicyRule(RuleSource Source, int Number, IReadOnlyList<string> Argv, Permission Decision, bool Network, string? Why)
{
    public const int MostWords = 32;

    public bool Loosens => Network || Decision is Permission.Allow;

    /// <summary>As a decision names it: <c>user rule 2 (make deploy)</c>.</summary>
    public string Name => $"{Wire.Name(Source)} rule {Number} ({CommandLine.Join(Argv)})";

    public bool Covers(PolicyAction action) =>
        Loosens ? action.Argv is { } argv && argv.SequenceEqual(Argv, StringComparer.Ordinal) : action.Commands.Any(Begins);

    public Decision Decide(Contracts.Risk risk)
    {
        var words = Decision switch
        {
            Permission.Allow => "allows this",
            Permission.Ask => "has this asked",
            _ => "forbids this",
        };
        var why = Why is null ? "" : $": {Why.TrimEnd('.')}";
        return new(
            Decision,
            Name,
            $"{char.ToUpperInvariant(Name[0])}{Name[1..]} {words}{(Network ? " with the network" : "")}{why}.",
            risk
        );
    }

    /// <summary>A file system that ignores case starts the same program by MAKE: too strict elsewhere does no harm.</summary>
    private bool Begins(IReadOnlyList<string> command) =>
        command.Count >= Argv.Count
        && command[0].Equals(Argv[0], StringComparison.OrdinalIgnoreCase)
        && command.Take(Argv.Count).Skip(1).SequenceEqual(Argv.Skip(1), StringComparer.Ordinal);
}

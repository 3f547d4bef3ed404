using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy.Rules;

/// <summary>The rules in force: the user's and the workspace's. The strictest of level and rules decides; only the user's can loosen, and
/// only at level 4.</summary>
/// <param name="MostLevel">No run gets a higher level; null: no such limit.</param>
/// <param name="CoAuthor">Commits name the agent as co-author.</param>
/// <param name="Notices">What was left out of the workspace's file, and why.</param>
internal sealed record RuleSet(IReadOnlyList<PolicyRule> Rules, Level? MostLevel, bool CoAuthor, IReadOnlyList<string> Notices)
{
    public static RuleSet None { get; } = new([], null, CoAuthor: true, []);

    /// <summary>Roles with a model of their own; the user's file only.</summary>
    public IReadOnlyDictionary<Role, RoleModel> Roles { get; init; } = new Dictionary<Role, RoleModel>();

    /// <summary>MCP servers whose tools a run may use; the user's file only.</summary>
    public IReadOnlyList<ExtraServer> Servers { get; init; } = [];

    public RuleSet With(RuleSet other) =>
        new(
            [.. Rules, .. other.Rules],
            MostLevel is { } mine && other.MostLevel is { } theirs ? (Level)Math.Min((int)mine, (int)theirs) : MostLevel ?? other.MostLevel,
            CoAuthor && other.CoAuthor,
            [.. Notices, .. other.Notices]
        )
        {
            Roles = Roles,
            Servers = Servers,
        };

    public Level Cap(Level level) => MostLevel is { } most && most < level ? most : level;

    public Decision Apply(PolicyContext context, PolicyAction action, Decision byLevel)
    {
        var decided = Loosening(context, action, byLevel) is { } rule ? rule.Decide(byLevel.Risk) : byLevel;
        return Rules
            .Where(tight => !tight.Loosens && tight.Covers(action))
            .Select(tight => tight.Decide(byLevel.Risk))
            .Prepend(decided)
            .MaxBy(decision => decision.Permission)!;
    }

    /// <summary>The cells of the matrix that a user's rule may loosen. Without a sandbox none: there every command asks.</summary>
    private PolicyRule? Loosening(PolicyContext context, PolicyAction action, Decision byLevel) =>
        context is not { Level: Level.ExtendedShell, Sandboxed: true }
            ? null
            : Rules.FirstOrDefault(rule =>
                rule is { Source: RuleSource.User, Loosens: true }
                && rule.Covers(action)
                && (action.Kind, byLevel.Permission) switch
                {
                    (ActionKind.ExtraTool, Permission.Ask) => rule.Decision is Permission.Allow,
                    (ActionKind.AnyCommand, Permission.Ask) => rule.Decision is Permission.Allow || rule.Network,
                    (ActionKind.Network, Permission.Deny) => rule.Network,
                    _ => false,
                }
            );
}

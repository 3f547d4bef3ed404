using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy.Rules;
using static CodexSidecar.Contracts.Permission;

namespace CodexSidecar.Engine.Policy;

/// <summary>What surrounds an action and can only make the answer stricter.</summary>
/// <param name="Sandboxed">Child processes run in a sandbox, or the user has consented to run without one.</param>
/// <param name="ChecksGreen">The tests passed after the last change (a commit needs it).</param>
internal sealed record PolicyContext(Level Level, bool Sandboxed, bool ChecksGreen = false)
{
    public RuleSet Rules { get; init; } = RuleSet.None;
}

/// <summary>The level matrix (docs/security.md) as data, and the one pure function that reads it. The model has no say here.</summary>
internal static class LevelPolicy
{
    internal sealed record Row(ActionKind Kind, Risk Risk, string Words, Permission[] ByLevel);

    /// <summary>One row per kind of action; columns are levels 0 to 4.</summary>
    public static IReadOnlyList<Row> Matrix { get; } =
    [
        new(ActionKind.Read, Risk.Low, "read files", [Allow, Allow, Allow, Allow, Allow]),
        new(ActionKind.GitRead, Risk.Low, "look at the git history", [Allow, Allow, Allow, Allow, Allow]),
        new(ActionKind.CreateFile, Risk.Low, "create a file", [Deny, Allow, Allow, Allow, Allow]),
        new(ActionKind.ChangeFile, Risk.Low, "change a file by a patch", [Deny, Allow, Allow, Allow, Allow]),
        new(ActionKind.OverwriteFile, Risk.Medium, "overwrite a whole file", [Deny, Ask, Ask, Ask, Allow]),
        new(ActionKind.DeleteFile, Risk.Medium, "delete or rename a file", [Deny, Ask, Ask, Ask, Allow]),
        new(ActionKind.ChangeProtectedFile, Risk.High, "change a protected file", [Deny, Ask, Ask, Ask, Ask]),
        new(ActionKind.ReadSecret, Risk.High, "read a file that holds secrets", [Deny, Deny, Deny, Deny, Deny]),
        new(ActionKind.RunTests, Risk.Low, "run the project's tests", [Deny, Deny, Allow, Allow, Allow]),
        new(ActionKind.ReadOnlyCommand, Risk.Low, "run a read-only command", [Deny, Deny, Allow, Allow, Allow]),
        new(ActionKind.GitCommit, Risk.Medium, "commit", [Deny, Deny, Deny, Allow, Allow]),
        new(ActionKind.GitSwitch, Risk.Medium, "switch branches or stash", [Deny, Deny, Deny, Allow, Allow]),
        new(ActionKind.GitDestructive, Risk.High, "discard work in git", [Deny, Deny, Deny, Deny, Ask]),
        new(ActionKind.GitRemote, Risk.High, "reach a git remote or change git's configuration", [Deny, Deny, Deny, Deny, Deny]),
        new(ActionKind.AnyCommand, Risk.Medium, "run any other command", [Deny, Deny, Deny, Deny, Ask]),
        new(ActionKind.DestructiveCommand, Risk.High, "run a command that can destroy data", [Deny, Deny, Deny, Deny, Ask]),
        new(ActionKind.Network, Risk.High, "reach the network", [Deny, Deny, Deny, Deny, Deny]),
        new(ActionKind.ExtraTool, Risk.Medium, "use a tool of an MCP server", [Deny, Deny, Deny, Deny, Ask]),
    ];

    /// <summary>What the level says, and then what the rules make of it.</summary>
    public static Decision Decide(PolicyContext context, PolicyAction action) =>
        context.Rules.Apply(context, action, ByLevel(context, action));

    private static Decision ByLevel(PolicyContext context, PolicyAction action)
    {
        var row = Matrix.First(row => row.Kind == action.Kind);
        var permission = row.ByLevel[(int)context.Level];
        var level = $"level {(int)context.Level} ({Wire.Name(context.Level)})";
        if (permission is not Deny && StartsProcess(action.Kind) && !context.Sandboxed)
        {
            return new(
                Ask,
                "sandbox: none",
                $"No sandbox works on this machine, so every command needs your consent: {action.Subject}",
                Risk.High
            );
        }
        if (permission is not Deny && action.Kind is ActionKind.GitCommit && !context.ChecksGreen)
        {
            return new(Deny, "commit only after green checks", "Nothing is committed before the tests are green.", row.Risk);
        }
        var reason = permission switch
        {
            Allow => $"{level} may {row.Words}.",
            Ask => $"{level} has to ask before it may {row.Words}.",
            _ => $"{level} may not {row.Words}{Cure(row)}.",
        };
        return new(
            permission,
            $"{level}: {Wire.Name(action.Kind)}",
            action.Why is null ? reason : $"{reason[..^1]}: {action.Why}.",
            row.Risk
        );
    }

    /// <summary>Several actions of one call: the strictest answer wins, of these the one with the highest risk, of these the
    /// first.</summary>
    public static Decision Decide(PolicyContext context, IReadOnlyList<PolicyAction> actions) =>
        actions.Select(action => Decide(context, action)).MaxBy(decision => (decision.Permission, decision.Risk))
        ?? throw new ArgumentException("A call without an action cannot be judged.", nameof(actions));

    /// <summary>The action as it follows "may".</summary>
    public static string Words(ActionKind kind) => Matrix.First(row => row.Kind == kind).Words;

    public static bool StartsProcess(ActionKind kind) =>
        kind
            is ActionKind.RunTests
                or ActionKind.ReadOnlyCommand
                or ActionKind.AnyCommand
                or ActionKind.DestructiveCommand
                or ActionKind.GitDestructive
                or ActionKind.GitRemote
                or ActionKind.Network
                or ActionKind.ExtraTool;

    private static string Cure(Row row)
    {
        var level = Array.FindIndex(row.ByLevel, permission => permission is not Deny);
        return level < 0
            ? ", at no level"
            : $"; level {level} ({Wire.Name((Level)level)}) {(row.ByLevel[level] is Ask ? "asks for it" : "may")}";
    }
}

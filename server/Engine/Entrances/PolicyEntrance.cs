using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Testing;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

public sealed record PolicyAnswer(Permission Decision, string Rule, string Reason);

/// <param name="ByLevel">For levels 0 to 4.</param>
public sealed record PolicyRow(string Action, string Words, string Risk, IReadOnlyList<Permission> ByLevel);

/// <param name="From">The file the rule is in.</param>
public sealed record PolicyRuleShown(string From, int Number, IReadOnlyList<string> Argv, Permission Decision, bool Network, string? Why);

/// <param name="MaxLevel">No run here gets a higher level; null: no such limit.</param>
/// <param name="Notices">What was ignored in the workspace's file, and why.</param>
public sealed record PolicyShown(
    IReadOnlyList<PolicyRow> Matrix,
    IReadOnlyList<PolicyRuleShown> Rules,
    int? MaxLevel,
    bool CoAuthor,
    string UserFile,
    string WorkspaceFile,
    IReadOnlyList<string> Notices
);

/// <summary>The rules as they are in force for a workspace, and what they say about a command. Runs nothing and changes nothing.</summary>
public sealed class PolicyEntrance(SidecarHome home)
{
    /// <exception cref="UsageException">The workspace is not a folder, or a configuration file is broken.</exception>
    public PolicyShown Show(string workspace)
    {
        using var root = Open(workspace);
        var rules = Configuration.Load(home, root);
        var (user, own) = (Configuration.UserFile(home), Path.Join(root.Folder, Configuration.WorkspaceFile));
        return new(
            [.. LevelPolicy.Matrix.Select(row => new PolicyRow(Wire.Name(row.Kind), row.Words, Wire.Name(row.Risk), row.ByLevel))],
            [
                .. rules.Rules.Select(rule => new PolicyRuleShown(
                    rule.Source is Policy.Rules.RuleSource.User ? user : own,
                    rule.Number,
                    rule.Argv,
                    rule.Decision,
                    rule.Network,
                    rule.Why
                )),
            ],
            (int?)rules.MostLevel,
            rules.CoAuthor,
            user,
            own,
            rules.Notices
        );
    }

    /// <summary>What would be decided about these words, on a machine whose sandbox works.</summary>
    /// <exception cref="UsageException">The workspace is not a folder, or a configuration file is broken.</exception>
    public PolicyAnswer Check(string workspace, Level level, IReadOnlyList<string> argv, CancellationToken cancellationToken) =>
        Check(workspace, level, tests => [CommandJudge.Judge(argv, tests)], string.Join(' ', argv), cancellationToken);

    /// <summary>The same for a command line as a model writes it.</summary>
    /// <exception cref="UsageException">The workspace is not a folder, or a configuration file is broken.</exception>
    public PolicyAnswer Check(string workspace, Level level, string command, CancellationToken cancellationToken) =>
        Check(workspace, level, tests => CommandJudge.Judge(command.Trim(), tests), command, cancellationToken);

    private PolicyAnswer Check(
        string workspace,
        Level level,
        Func<IReadOnlyList<string>, IReadOnlyList<PolicyAction>> judge,
        string text,
        CancellationToken cancellationToken
    )
    {
        using var root = Open(workspace);
        var rules = Configuration.Load(home, root);
        var tests = TestCommandFinder.Find(root, null, cancellationToken)?.Argv ?? [];
        IReadOnlyList<PolicyAction> actions;
        try
        {
            actions = ShellTool.Judge(root, text, judge(tests));
        }
        catch (WorkspaceException outside)
        {
            return new(Permission.Deny, "jail", outside.Message);
        }
        var decision = LevelPolicy.Decide(new(rules.Cap(level), Sandboxed: true) { Rules = rules }, actions);
        return new(decision.Permission, decision.Rule, decision.Reason);
    }

    private static WorkspaceRoot Open(string workspace) =>
        Directory.Exists(workspace)
            ? WorkspaceRoot.Open(workspace)
            : throw new UsageException($"The workspace folder does not exist: {workspace}");
}

using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy;

/// <summary>What the model and the voters are told about the rules; the same text for everyone, so that it can be shared by all
/// prompts.</summary>
internal static class ToolLimits
{
    public static string Describe(Level level, IReadOnlyList<string> testCommand, int mostFiles, int mostLines)
    {
        var context = new PolicyContext(level, Sandboxed: true, ChecksGreen: true);
        var lines = LevelPolicy
            .Matrix.Where(row =>
                row.Kind
                    is not (ActionKind.Read or ActionKind.GitRead or ActionKind.GitSwitch or ActionKind.ReadSecret or ActionKind.ExtraTool)
            )
            .GroupBy(row => LevelPolicy.Decide(context, new PolicyAction(row.Kind, "")).Permission)
            .OrderBy(group => group.Key)
            .Select(group => $"{Word(group.Key)}: {string.Join(", ", group.Select(row => row.Words))}");
        var tests = testCommand.Count == 0 ? "none known" : string.Join(' ', testCommand);
        return $"{string.Join('\n', lines)}\nTest command: {tests}. No network. At most {mostFiles} files and {mostLines} changed lines.";
    }

    private static string Word(Permission permission) =>
        permission switch
        {
            Permission.Allow => "allowed",
            Permission.Ask => "asked first",
            Permission.Deny => "never",
        };
}

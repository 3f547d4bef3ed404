using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What the proofs of objections look at: the workspace as the model may see it, the rules, and what the last run of the tests said.</summary>
internal static class WorkspaceEvidence
{
    private const int MostSearched = 4_000;

    public static Evidence Of(RunServices kit, Func<TestRun?> lastTests) => new(
        path => kit.Readable(path)?.Split('\n'),
        path => Exists(kit.Root, path),
        (text, path, cancellationToken) => Contains(kit, text, path, cancellationToken),
        (path, line) => HoldsSecret(kit.Root, path, line),
        command => IsDenied(kit, command),
        name => lastTests() is { } tests ? tests.Result.Failures.Any(failure => failure.Contains(name, StringComparison.OrdinalIgnoreCase)) : null);

    private static bool Exists(WorkspaceRoot root, string path)
    {
        try
        {
            return root.Look(WorkspacePath.Parse(path)) is not null;
        }
        catch (WorkspaceException)
        {
            return false;
        }
    }

    private static bool Contains(RunServices kit, string text, string? path, CancellationToken cancellationToken) => path is not null
        ? kit.Readable(path)?.Contains(text, StringComparison.Ordinal) ?? false
        : kit.Root.Files(cancellationToken).Take(MostSearched).Any(file => kit.Readable(file)?.Contains(text, StringComparison.Ordinal) ?? false);

    private static bool? HoldsSecret(WorkspaceRoot root, string path, int line) =>
        ReadableText.Read(root, path)?.Split('\n') is { } lines && line >= 1 && line <= lines.Length ? Secrets.Redact(lines[line - 1]) != lines[line - 1] : null;

    private static bool IsDenied(RunServices kit, string command) =>
        LevelPolicy.Decide(new(kit.Level, Sandboxed: true, ChecksGreen: true) { Rules = kit.Context.Rules }, CommandJudge.Judge(command, kit.TestCommand?.Argv ?? [])).Permission is Permission.Deny;
}

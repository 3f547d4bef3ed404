using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What the proofs of objections look at: the workspace as the model may see it, the rules, and what the last run of the tests
/// said.</summary>
internal static class WorkspaceEvidence
{
    private const int MostSearched = 4_000;

    public static Evidence Of(RunServices services, Func<TestRun?> lastTests) =>
        new(
            path => services.Readable(path)?.Split('\n'),
            path => Exists(services.Root, path),
            (text, path, cancellationToken) => Contains(services, text, path, cancellationToken),
            (path, line) => HoldsSecret(services.Root, path, line),
            command => IsDenied(services, command),
            name =>
                lastTests() is { } tests
                    ? tests.Result.Failures.Any(failure => failure.Contains(name, StringComparison.OrdinalIgnoreCase))
                    : null
        );

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

    private static bool Contains(RunServices services, string text, string? path, CancellationToken cancellationToken) =>
        path is not null
            ? services.Readable(path)?.Contains(text, StringComparison.Ordinal) ?? false
            : services
                .Root.Files(cancellationToken)
                .Take(MostSearched)
                .Any(file => services.Readable(file)?.Contains(text, StringComparison.Ordinal) ?? false);

    private static bool? HoldsSecret(WorkspaceRoot root, string path, int line) =>
        ReadableText.Read(root, path)?.Split('\n') is { } lines && line >= 1 && line <= lines.Length
            ? Secrets.Redact(lines[line - 1]) != lines[line - 1]
            : null;

    private static bool IsDenied(RunServices services, string command) =>
        LevelPolicy
            .Decide(
                new(services.Level, Sandboxed: true, ChecksGreen: true) { Rules = services.Context.Rules },
                CommandJudge.Judge(command, services.TestCommand?.Argv ?? [])
            )
            .Permission is Permission.Deny;
}

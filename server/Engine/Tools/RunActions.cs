using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

internal sealed record AppliedPatch(IReadOnlyList<AppliedFile> Files) : IToolResult
{
    public bool Ok => true;
    public string Summary => $"{Files.Count} files written";
    public int? ExitCode => null;
}

internal sealed record RanCommand(CommandResult Result) : IToolResult
{
    public bool Ok => Result.ExitCode == 0;
    public string Summary => Result.TimedOut ? "timed out" : $"exit code {Result.ExitCode}";
    public int? ExitCode => Result.ExitCode;
}

internal sealed record MadeCommit(string Sha) : IToolResult
{
    public bool Ok => true;
    public string Summary => Sha;
    public int? ExitCode => null;
}

/// <summary>The orchestrator's own actions, as the six tools see them: a patch is write_file, tests are shell, a commit is git.</summary>
internal static class RunActions
{
    public static ToolAction<AppliedPatch> Apply(ToolContext context, PatchPlan plan) => throw new NotImplementedException($"{context} {plan}");

    public static ToolAction<RanCommand> Tests(ToolContext context, TimeSpan timeout, Action<string> onOutput) => throw new NotImplementedException($"{context} {timeout} {onOutput}");

    public static ToolAction<MadeCommit> Commit(ToolContext context, IReadOnlyList<WorkspacePath> paths, string message) => throw new NotImplementedException($"{context} {paths} {message}");
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

/// <summary>What the tools work with when a person calls them.</summary>
internal static class DirectContext
{
    /// <exception cref="UsageException">There is no such folder.</exception>
    public static WorkspaceRoot Open(RunSettings settings) =>
        Directory.Exists(settings.Workspace)
            ? WorkspaceRoot.Open(settings.Workspace)
            : throw new UsageException($"The workspace folder does not exist: {settings.Workspace}");

    /// <exception cref="UsageException">A configuration file is broken.</exception>
    public static ToolContext Of(
        SidecarHome home,
        TimeProvider time,
        RunSettings settings,
        Caller caller,
        WorkspaceRoot root,
        Sandbox sandbox,
        string runId,
        Func<PermissionAsked, CancellationToken, Task<Answer>> ask
    )
    {
        var rules = Configuration.Load(home, root);
        return new()
        {
            RunId = runId,
            Root = root,
            Commands = new CommandRunner(sandbox, time),
            Sandbox = sandbox.Kind,
            Audit = new AuditLog(home.State, time),
            Time = time,
            Caller = caller,
            Role = "person",
            Rules = rules,
            Level = () => rules.Cap(settings.Level),
            AllowUnsandboxed = settings.AllowUnsandboxed,
            Emit = _ => { },
            Ask = ask,
            BeforeWrite = (_, _) => Task.CompletedTask,
        };
    }
}

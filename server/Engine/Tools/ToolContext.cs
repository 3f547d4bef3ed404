using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>What tools work with in one run.</summary>
internal sealed record ToolContext
{
    public required string RunId { get; init; }
    public required WorkspaceRoot Root { get; init; }
    public required CommandRunner Commands { get; init; }
    public required SandboxKind Sandbox { get; init; }

    /// <summary>Where commands work.</summary>
    public ShadowRung Shadow { get; init; } = ShadowRung.Place;
    public required AuditLog Audit { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>The client, the session, the user and on whose word (the agent's or a person's), for the audit.</summary>
    public required Caller Caller { get; init; }
    public string? Session { get; init; }
    public string User { get; init; } = Environment.UserName;
    public string Role { get; init; } = "agent";
    public RuleSet Rules { get; init; } = RuleSet.None;

    /// <summary>Of the user's MCP servers.</summary>
    public ExtraTools Extra { get; init; } = ExtraTools.None;

    /// <summary>May change while the run works.</summary>
    public required Func<Level> Level { get; init; }

    /// <summary>The user consented to commands without a sandbox.</summary>
    public bool AllowUnsandboxed { get; init; }

    /// <summary>The project's test command; empty: none known.</summary>
    public IReadOnlyList<string> TestCommand { get; init; } = [];

    /// <summary>The tests passed after the last change.</summary>
    public Func<bool> ChecksGreen { get; init; } = () => false;
    public required Action<RunEvent> Emit { get; init; }
    public required Func<PermissionAsked, CancellationToken, Task<Answer>> Ask { get; init; }

    /// <summary>Makes sure that the run's snapshot exists and holds these paths.</summary>
    public required Func<IReadOnlyList<WorkspacePath>, CancellationToken, Task> BeforeWrite { get; init; }

    /// <summary>Called before an action that starts a process which may write, or has git write, once it is allowed.</summary>
    public Func<CancellationToken, Task> BeforeCommand { get; init; } = _ => Task.CompletedTask;
}

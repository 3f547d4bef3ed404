using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>The one place where tools run: validate, policy, audit, snapshot, run, audit, event; in this order.</summary>
internal sealed class ToolRunner(ToolContext context)
{
    private readonly ToolAudit audit = new(context);
    private readonly List<CommandRecord> commands = [];
    private readonly Lock gate = new();
    private int calls;

    /// <summary>Commands that ran or were refused, for the report.</summary>
    public IReadOnlyList<CommandRecord> Commands
    {
        get
        {
            lock (gate)
            {
                return [.. commands];
            }
        }
    }

    /// <summary>For the prompt: one line a tool, in a fixed order.</summary>
    public static string Describe(bool readOnly) =>
        string.Join('\n', ToolRegistry.All.Select(tool => readOnly ? tool.ReadOnlyUsage : tool.Usage).OfType<string>());

    /// <summary>A call as the model or a client words it. Never throws for bad input or a refusal: the result's text says what to
    /// do.</summary>
    public async Task<ToolResult> RunAsync(string tool, JsonElement input, CancellationToken cancellationToken)
    {
        ToolAction<ToolResult> action;
        if (!IsText(input))
        {
            return NotUsable(ToolText.Line(tool), default, "The input holds text that is not Unicode.") with { End = ToolEnd.NotUsable };
        }
        try
        {
            action = (context.Extra.Find(tool) ?? ToolRegistry.Find(tool)).Prepare(context, input, cancellationToken);
        }
        catch (Exception fault) when (fault is ToolInputException or WorkspaceException)
        {
            return NotUsable(ToolText.Line(tool), input, fault.Message) with
            {
                End = End(fault),
                Code = (fault as WorkspaceException)?.Code,
            };
        }
        try
        {
            var outcome = await RunAsync(action, cancellationToken);
            return (outcome.Value ?? new(false, Refusal(outcome.Decision), "refused") { End = ToolEnd.Refused }) with
            {
                Decision = outcome.Decision,
            };
        }
        catch (Exception fault) when (fault is ToolInputException or WorkspaceException)
        {
            return Failed(fault.Message) with { Code = (fault as WorkspaceException)?.Code };
        }
    }

    /// <summary>A path that a patch may never name is a no like any other, and stands in the audit.</summary>
    /// <exception cref="IOException">The audit log could not be written.</exception>
    public void AuditRefused(IEnumerable<PatchRefusal> refusals)
    {
        foreach (var refusal in refusals.Where(refusal => refusal.Code == "path"))
        {
            var action = new PolicyAction(ActionKind.ChangeFile, refusal.Path);
            var call = new ToolCall($"t{Interlocked.Increment(ref calls)}", WriteFileTool.ToolName, [action], context.Time.GetTimestamp());
            audit.Decided(call, new(Permission.Deny, "path", ToolText.Line(refusal.Message), Risk.High));
        }
    }

    /// <summary>A validated action; the orchestrator's own (patch, tests, commit) come here directly.</summary>
    /// <exception cref="IOException">The audit log could not be written; the action did not happen.</exception>
    public async Task<ToolOutcome<T>> RunAsync<T>(ToolAction<T> action, CancellationToken cancellationToken)
        where T : class, IToolResult
    {
        var call = new ToolCall($"t{Interlocked.Increment(ref calls)}", action.Tool, action.Actions, context.Time.GetTimestamp())
        {
            Input = action.Input,
        };
        Emit(action.HasOwnEvents, new ToolStarted(call.Id, action.Tool, ToolText.Input(action.Input)));
        try
        {
            var (decision, asked) = await DecideAsync(call, action.HasOwnEvents, cancellationToken);
            audit.Decided(call, decision);
            if (decision.Permission is Permission.Deny)
            {
                Finish(call, action.HasOwnEvents, new Result(false, $"refused: {decision.Reason}"), decision, asked);
                return new(null, decision);
            }
            if (action.Writes.Count > 0)
            {
                await context.BeforeWrite(action.Writes, cancellationToken);
            }
            if (
                action.Actions.Any(one =>
                    one.Kind is not ActionKind.ReadOnlyCommand
                    && (LevelPolicy.StartsProcess(one.Kind) || one.Kind is ActionKind.GitCommit or ActionKind.GitSwitch)
                )
            )
            {
                await context.BeforeCommand(cancellationToken);
            }
            var value = await action.Run(cancellationToken);
            audit.Done(call, decision, value);
            Finish(call, action.HasOwnEvents, value, decision, asked);
            return new(value, decision);
        }
        catch (Exception fault)
        {
            var isKnown = fault is ToolInputException or WorkspaceException or SandboxException;
            var end = fault is OperationCanceledException ? "cancelled" : $"failed: {(isKnown ? fault.Message : fault.GetType().Name)}";
            audit.Broken(call, end);
            Emit(action.HasOwnEvents, new ToolFinished(call.Id, false, ToolText.Line(end)));
            throw;
        }
    }

    private async Task<(Decision Decision, bool Asked)> DecideAsync(ToolCall call, bool hasOwnEvents, CancellationToken cancellationToken)
    {
        var decision = Decide(call);
        if (decision.Permission is not Permission.Ask)
        {
            return (decision, false);
        }
        var subject = call.Actions.Any(action => action.Kind is ActionKind.GitCommit) ? AskSubject.Commit : AskSubject.Command;
        var asked = Asked(call);
        var question = new PermissionAsked(
            $"ask-{call.Id}",
            hasOwnEvents ? null : call.Id,
            subject,
            decision.Risk,
            Secrets.Redact(Question(call, asked)),
            decision.Reason,
            [.. asked.Select(action => new AskedAction(action.Kind, Secrets.Redact(action.Subject)))]
        );
        var answer = await context.Ask(question, cancellationToken);
        // The level may have been lowered while the question was open.
        var now = Decide(call);
        var who = Wire.Name(answer.By);
        return (
            now.Permission is Permission.Deny ? now
            : answer.Allowed ? decision with { Permission = Permission.Allow, Reason = $"{decision.Reason} Allowed by the {who}." }
            : decision with
            {
                Permission = Permission.Deny,
                Reason =
                    answer.By is AnsweredBy.Face
                        ? $"It has to be asked, and nobody can be asked here: {question.Question}"
                        : $"The {who} said no to: {question.Question}",
            },
            true
        );
    }

    private Decision Decide(ToolCall call) =>
        LevelPolicy.Decide(
            new(context.Level(), context.Sandbox is not SandboxKind.None || context.AllowUnsandboxed, context.ChecksGreen())
            {
                Rules = context.Rules,
            },
            call.Actions
        );

    /// <summary>Those of the call's actions that are not allowed by themselves.</summary>
    private List<PolicyAction> Asked(ToolCall call) =>
        [.. call.Actions.Where(action => Decide(call with { Actions = [action] }).Permission is Permission.Ask)];

    /// <summary>
    /// Complete: the exact command, or what would be done to which file. For people only: nothing is decided by these words.
    /// </summary>
    private static string Question(ToolCall call, IEnumerable<PolicyAction> asked) =>
        string.Join(
            '\n',
            asked
                .Select(action =>
                    call.Descriptor?.Kind is ToolKind.Write ? $"{LevelPolicy.Words(action.Kind)}: {action.Subject}" : action.Subject
                )
                .Distinct(StringComparer.Ordinal)
        );

    /// <summary>What the model can do with a no.</summary>
    private string Refusal(Decision decision)
    {
        var may = LevelPolicy.Matrix.Where(row => row.ByLevel[(int)context.Level()] is Permission.Allow).Select(row => row.Words);
        return ToolText.ForModel($"Refused. {decision.Reason}\nDo not try it again in another form. You may: {string.Join(", ", may)}.");
    }

    private ToolResult NotUsable(string tool, JsonElement input, string why)
    {
        var call = new ToolCall($"t{Interlocked.Increment(ref calls)}", tool, [], context.Time.GetTimestamp()) { Input = input };
        context.Emit(new ToolStarted(call.Id, tool, ToolText.Input(input)));
        audit.Decided(call, new(Permission.Deny, "input", ToolText.Line(why), Risk.Low));
        context.Emit(new ToolFinished(call.Id, false, ToolText.Line(why)));
        return Failed(why);
    }

    /// <summary>A path the jail refuses is a no; a file that is not there is a failure; the rest is for the caller to word
    /// better.</summary>
    private static ToolEnd End(Exception fault) =>
        fault switch
        {
            WorkspaceException { Code: "path" } => ToolEnd.Refused,
            WorkspaceException => ToolEnd.Failed,
            _ => ToolEnd.NotUsable,
        };

    private static bool IsText(JsonElement input)
    {
        try
        {
            ToolText.Input(input);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static ToolResult Failed(string why) => new(false, ToolText.ForModel(why), ToolText.Line(why));

    private void Finish(ToolCall call, bool hasOwnEvents, IToolResult result, Decision decision, bool asked)
    {
        if (call.Descriptor is { StartsProcess: true })
        {
            lock (gate)
            {
                commands.Add(
                    new(
                        Secrets.Redact(call.Subject),
                        asked ? "ask" : Wire.Name(decision.Permission),
                        decision.Reason,
                        result.ExitCode,
                        call.Milliseconds(context.Time),
                        call.Sandbox(context) ?? "none"
                    )
                );
            }
        }
        Emit(hasOwnEvents, new ToolFinished(call.Id, result.Ok, ToolText.Line(result.Summary)));
    }

    private void Emit(bool hasOwnEvents, RunEvent happened)
    {
        if (!hasOwnEvents)
        {
            context.Emit(happened);
        }
    }

    private sealed record Result(bool Ok, string Summary, int? ExitCode = null) : IToolResult;
}

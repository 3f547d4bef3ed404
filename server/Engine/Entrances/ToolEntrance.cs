using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Shadows;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Testing;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

/// <param name="Decision">Null: it did not come to one.</param>
/// <param name="Text">What a model would read.</param>
/// <param name="Undo">The run that <c>runs undo</c> takes back; null: nothing was changed.</param>
public sealed record ToolAnswer(
    bool Ok,
    ToolEnd End,
    Permission? Decision,
    string? Rule,
    string? Reason,
    string Text,
    int? ExitCode,
    string Run,
    string? Undo
)
{
    /// <summary>What was wrong with a file: <c>path</c>, <c>missing</c>, <c>kind</c>, <c>size</c>, <c>conflict</c>, <c>io</c>; null:
    /// nothing.</summary>
    public string? Code { get; init; }
}

/// <param name="ExitCode">As a shell counts; 126 refused or the sandbox did not start, 127 no such program, 124 it took too long.</param>
/// <param name="Refusal">Why it did not run; null: it ran.</param>
/// <param name="Changes">What it changed, and what of that was not taken over; null: nothing.</param>
public sealed record CommandAnswer(int ExitCode, string? Refusal, string? Changes = null);

/// <summary>One tool call or one command by hand, through the same runner as the agent's: validated, judged, audited, undoable.</summary>
public sealed class ToolEntrance(SidecarHome home, TimeProvider time)
{
    public const int RefusedExit = 126,
        TimedOutExit = 124;

    public static IReadOnlyList<ToolDescriptor> Tools => ToolRegistry.All;

    /// <param name="ask">Answers what the level would have asked.</param>
    /// <exception cref="UsageException">The workspace is not a folder, a configuration file is broken, or another run works
    /// there.</exception>
    public async Task<ToolAnswer> RunAsync(
        RunSettings settings,
        Caller caller,
        string tool,
        JsonElement input,
        Func<PermissionAsked, CancellationToken, Task<Answer>> ask,
        CancellationToken cancellationToken
    )
    {
        var known = ToolRegistry.Known(tool);
        using var root = DirectContext.Open(settings);
        using var run = new DirectRun(home, root, PathRules.Full(settings.Workspace), Title(tool, known, input), settings.Level, time);
        var starts = known is { StartsProcess: true };
        var sandbox = starts
            ? await Sandbox.ProbeAsync(root.Folder, cancellationToken, log: home.Log.Lines)
            : Sandbox.WithoutAny(root.Folder, "no process is started");
        var tests = starts ? TestCommandFinder.Find(root, settings.TestCommand, cancellationToken)?.Argv : null;
        await using var shadow = starts ? await ShadowChoice.OpenAsync(home.Shadows, run.RunId, root, sandbox, cancellationToken) : null;
        var context = DirectContext.Of(home, time, settings, caller, root, shadow?.Sandbox ?? sandbox, run.RunId, ask) with
        {
            TestCommand = tests ?? [],
            Shadow = shadow?.Rung ?? ShadowRung.Place,
            Emit = run.Emit,
            BeforeWrite = run.BeforeWriteAsync,
            BeforeCommand = known is { IsUndoneByGit: true } || shadow is { Rung: not ShadowRung.Place } ? run.LockAsync : run.BeginAsync,
        };
        var (stop, message) = (StopReason.Failed, "The call ended with a fault.");
        try
        {
            var runner = new ToolRunner(context);
            var result = await runner.RunAsync(tool, input, cancellationToken);
            if (
                shadow is not null
                && await TakenOver.OfAsync(shadow, shadow.Difference(cancellationToken), runner, context, cancellationToken)
                    is { Text: { } changes }
            )
            {
                result = result with { Text = $"{result.Text}\n{changes}" };
            }
            (stop, message) = (StopReason.Done, result.Summary);
            run.Finish(stop, message);
            var decision = result.Decision;
            return new(
                result.Ok,
                result.End,
                decision?.Permission,
                decision?.Rule,
                decision?.Reason,
                result.Text,
                result.ExitCode,
                run.RunId,
                run.CanBeUndone ? run.RunId : null
            )
            {
                Code = result.Code,
            };
        }
        catch (Exception fault) when (stop is not StopReason.Done)
        {
            run.Finish(fault is OperationCanceledException ? StopReason.Cancelled : StopReason.Failed, message);
            if (fault is SandboxException)
            {
                return new(false, ToolEnd.Failed, null, null, null, fault.Message, null, run.RunId, null);
            }
            throw;
        }
    }

    /// <summary>A command as the agent would run it: sandbox, clean environment, no input, limits. What it changes is not kept for an
    /// undo.</summary>
    /// <param name="asAgent">Judge it as if the agent wanted it at the settings' level; else the person's typing counts as the yes to it,
    /// and only rules can forbid it.</param>
    /// <exception cref="UsageException">The workspace is not a folder, or a configuration file is broken.</exception>
    public async Task<CommandAnswer> RunCommandAsync(
        RunSettings settings,
        Caller caller,
        IReadOnlyList<string> argv,
        bool asAgent,
        TimeSpan timeout,
        Action<string> onOutput,
        Func<PermissionAsked, CancellationToken, Task<Answer>> ask,
        CancellationToken cancellationToken
    )
    {
        using var root = DirectContext.Open(settings);
        var sandbox = await Sandbox.ProbeAsync(root.Folder, cancellationToken, log: home.Log.Lines);
        var typed = !asAgent && (sandbox.Kind is not SandboxKind.None || settings.AllowUnsandboxed);
        var runId = RunFolder.NewId(time);
        await using var shadow = await ShadowChoice.OpenAsync(home.Shadows, runId, root, sandbox, cancellationToken);
        var asking = DirectContext.Of(home, time, settings, caller, root, shadow.Sandbox, runId, ask) with { Shadow = shadow.Rung };
        var context = typed ? asking with { Ask = (_, _) => Task.FromResult(new Answer(true, AnsweredBy.User)) } : asking;
        var tests = asAgent ? TestCommandFinder.Find(root, settings.TestCommand, cancellationToken)?.Argv : null;
        var judged = CommandJudge.Judge(argv, tests ?? []);
        var streamed = false;
        var action = RunActions.Command(
            context,
            argv,
            asAgent ? ShellTool.Judge(root, judged.Subject, [judged]) : [judged with { Kind = ActionKind.AnyCommand, Why = null }],
            timeout,
            text =>
            {
                streamed = true;
                onOutput(text);
            }
        );
        try
        {
            var outcome = await new ToolRunner(context).RunAsync(action, cancellationToken);
            if (outcome.Value is not { Result: var result })
            {
                return new(RefusedExit, outcome.Decision.Reason);
            }
            if (!streamed && result.Output.Length > 0)
            {
                onOutput(result.Output); // there is no such program: nothing ran that could have said so
            }
            var taken = await TakenOver.OfAsync(
                shadow,
                shadow.Difference(cancellationToken),
                new ToolRunner(asking),
                asking,
                cancellationToken
            );
            return new(result.TimedOut ? TimedOutExit : result.ExitCode ?? RefusedExit, null, taken.Text);
        }
        catch (SandboxException broken)
        {
            return new(RefusedExit, broken.Message);
        }
    }

    private static string Title(string tool, ToolDescriptor? known, JsonElement input)
    {
        var subject =
            known is not null
            && input.ValueKind is JsonValueKind.Object
            && input.TryGetProperty(known.Subject, out var named)
            && named.ValueKind is JsonValueKind.String
                ? named.GetString()
                : null;
        return ToolText.Line(subject is null ? $"tool {tool}" : $"tool {tool}: {subject}");
    }
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

/// <param name="Block">1-based number in the text; 0: the text as a whole.</param>
/// <param name="Code">A refusal code of docs/edits.md.</param>
public sealed record RefusedBlock(int Block, string Path, string Code, string Message);

/// <param name="Files">What the blocks that can be used make of the files.</param>
/// <param name="Reason">Why nothing was written although every block can be used: a rule, or a file that cannot be written.</param>
/// <param name="Feedback">What a model would be told about the refused blocks.</param>
/// <param name="Undo">The run that <c>runs undo</c> takes back; null: nothing was changed.</param>
public sealed record PatchAnswer(
    PatchEnd End,
    IReadOnlyList<PatchFile> Files,
    IReadOnlyList<RefusedBlock> Refused,
    IReadOnlyList<string> Notes
)
{
    public string? Reason { get; init; }
    public string? Feedback { get; init; }
    public string? Undo { get; init; }
}

/// <summary>A model's reply or a patch by hand: read, planned and written as the agent does it, all of it or nothing; audited, and a run
/// that can be undone.</summary>
public sealed class PatchEntrance(SidecarHome home, TimeProvider time)
{
    /// <summary>Longer texts are refused; nobody has to read more of one.</summary>
    public const int MostBytes = (4 << 20) + 1;

    private const int MostFeedback = 6_000;

    /// <param name="bytes">UTF-8, UTF-16 with a mark, or a diff in the bytes of the files it is for.</param>
    /// <param name="ask">Answers what the level would have asked.</param>
    /// <exception cref="System.Text.DecoderFallbackException">The bytes are neither.</exception>
    /// <exception cref="UsageException">The workspace is not a folder, a configuration file is broken, or another run works
    /// there.</exception>
    public async Task<PatchAnswer> ApplyAsync(
        RunSettings settings,
        Caller caller,
        byte[] bytes,
        bool dryRun,
        Func<PermissionAsked, CancellationToken, Task<Answer>> ask,
        CancellationToken cancellationToken
    )
    {
        using var root = DirectContext.Open(settings);
        var text = PatchBytes.Unicode(bytes);
        var workspace = FileActions.Planning(root, root.Files(cancellationToken), takesBytes: text is null);
        var parsed = text is not null ? PatchParser.ParseAny(text) : PatchBytes.Parse(bytes, workspace);
        var plan = PatchPlanner.Plan(parsed, workspace, null, new());
        var answer = Answer(plan, workspace);
        using var run = new DirectRun(home, root, PathRules.Full(settings.Workspace), Title(plan), settings.Level, time);
        var context = DirectContext.Of(
            home,
            time,
            settings,
            caller,
            root,
            Sandbox.WithoutAny(root.Folder, "no process is started"),
            run.RunId,
            ask
        ) with
        {
            Emit = run.Emit,
            BeforeWrite = run.BeforeWriteAsync,
        };
        var runner = new ToolRunner(context);
        runner.AuditRefused(plan.Refusals);
        return answer.End is PatchEnd.Refused ? answer
            : dryRun ? answer with { End = PatchEnd.WouldApply }
            : Undoable(await WriteAsync(answer, plan, run, runner, context, cancellationToken), run);
    }

    /// <summary>Whether it can be taken back is known when the run has ended.</summary>
    private static PatchAnswer Undoable(PatchAnswer answer, DirectRun run) =>
        answer with
        {
            Undo = answer.End is PatchEnd.Applied && run.CanBeUndone ? run.RunId : null,
        };

    private static async Task<PatchAnswer> WriteAsync(
        PatchAnswer answer,
        PatchPlan plan,
        DirectRun run,
        ToolRunner runner,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        const string PatchId = "p1";
        var (stop, message) = (StopReason.Failed, "The patch was not written.");
        try
        {
            run.Emit(new PatchProposed(PatchId, 1, answer.Files));
            var outcome = await runner.RunAsync(RunActions.Apply(context, plan), cancellationToken);
            if (outcome.Value is not { } applied)
            {
                (stop, message) = (StopReason.Forbidden, outcome.Decision.Reason);
                return answer with { End = PatchEnd.Refused, Reason = outcome.Decision.Reason };
            }
            run.Emit(new PatchApplied(PatchId, applied.Files));
            (stop, message) = (StopReason.Done, ((IToolResult)applied).Summary);
            return answer;
        }
        catch (WorkspaceException refused)
        {
            message = refused.Message;
            return answer with { End = PatchEnd.Refused, Reason = refused.Message };
        }
        catch (OperationCanceledException)
        {
            stop = StopReason.Cancelled;
            throw;
        }
        finally
        {
            run.Finish(stop, message);
        }
    }

    private static PatchAnswer Answer(PatchPlan plan, PatchBase workspace)
    {
        IReadOnlyList<RefusedBlock> refused =
        [
            .. plan.Refusals.Select(refusal => new RefusedBlock(refusal.Block, refusal.Path, refusal.Code, refusal.Message)),
        ];
        if (refused.Count == 0 && plan.IsEmpty)
        {
            refused = [new(0, "", "malformed", "There is no edit in the text: no file, no block and no patch.")];
        }
        return new(refused.Count > 0 ? PatchEnd.Refused : PatchEnd.Applied, plan.ToPatch("p1").Files, refused, plan.Notes)
        {
            Feedback = plan.Refusals.Count > 0 ? PatchFeedback.Write(plan, workspace, MostFeedback) : null,
        };
    }

    private static string Title(PatchPlan plan) => ToolText.Line($"patch apply: {string.Join(", ", plan.Files.Select(file => file.Path))}");
}

using System.CommandLine;
using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>runs list|show|undo|diff|apply|discard</c>: what was done, and back; what was not done, and its patch.</summary>
internal static class RunsCommand
{
    public static Command Build(CliContext context) =>
        new("runs", "Look at past runs and undo them, or take the patch of one that was not solved.")
        {
            List(context),
            ShowOne(context),
            Undo(context),
            Diff(context),
            Apply(context),
            Discard(context),
        };

    private static Command List(CliContext context)
    {
        var json = SharedOptions.Json("One JSON object a line.");
        var command = new Command("list", "All runs, newest first.") { json };
        command.SetAction(parsed =>
        {
            var runs = Store(context).List();
            if (parsed.GetValue(json))
            {
                foreach (var run in runs)
                {
                    context.PrintJson(run, CliJson.Wire.RunSummary);
                }
            }
            else if (runs.Count == 0)
            {
                context.Terminal.Out.WriteLine("No runs yet. Begin with: codex-sidecar try");
            }
            else
            {
                context.Terminal.OutScreen.Draw(
                    new Grid(["Run", "Started", "State", "Task", "Workspace"], [.. runs.Select(run => Row(run, context.Time))])
                );
            }
        });
        return command;
    }

    private static Command ShowOne(CliContext context)
    {
        var (id, json) = (Id(), SharedOptions.Json("The run's events, one JSON object a line."));
        var command = new Command("show", "Draw a run again, as it was shown.") { id, json };
        command.SetAction(parsed =>
        {
            var store = Store(context);
            var show = new RunShow(context.Terminal, parsed.GetValue(json));
            foreach (var envelope in store.Events(Find(store, parsed.GetRequiredValue(id))))
            {
                show.Show(envelope);
            }
        });
        return command;
    }

    private static Command Undo(CliContext context)
    {
        var (id, json) = (Id(), SharedOptions.Json("The result as one JSON object."));
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would happen." };
        var command = new Command(
            "undo",
            "Put the files back as they were before a run. What you have changed since stays; where that is the same lines, nothing "
                + "is put back and you see all three texts."
        )
        {
            id,
            dryRun,
            json,
        };
        command.SetAction(parsed =>
        {
            var store = Store(context);
            var result = store.Undo(Find(store, parsed.GetRequiredValue(id)), parsed.GetValue(dryRun));
            if (parsed.GetValue(json))
            {
                context.PrintJson(result, CliJson.Wire.UndoResult);
            }
            else
            {
                context.Terminal.OutScreen.Draw(UndoDrawing.Of(result));
            }
            return result is { Conflicts.Count: 0, IsRefused: false } ? ExitCodes.Solved : ExitCodes.Refused;
        });
        return command;
    }

    private static Command Diff(CliContext context)
    {
        var id = Id();
        var command = new Command("diff", "Print the patch that is kept of a run that was not solved.") { id };
        command.SetAction(parsed =>
        {
            var text = Encoding.UTF8.GetString(Kept(context, parsed.GetRequiredValue(id)).Patch);
            // For another program it has to be what it is.
            context.Terminal.Out.Write(context.Terminal.OutIsTerminal ? Harmless.Text(text) : text);
        });
        return command;
    }

    private static Command Apply(CliContext context)
    {
        var (id, level, json) = (Id(), SharedOptions.LevelOption(), SharedOptions.Json("One JSON object."));
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be written." };
        var command = new Command(
            "apply",
            "Bring the patch that is kept of a run into the files as they are now: all of it or nothing. It is audited and can be undone."
        )
        {
            id,
            dryRun,
            level,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var (run, patch) = Kept(context, parsed.GetRequiredValue(id));
                var settings = new RunSettings { Workspace = run.Workspace, Level = parsed.GetValue(level) ?? Level.RunTests };
                var end = await PatchCommand.ApplyAsync(
                    context,
                    settings,
                    patch,
                    parsed.GetValue(dryRun),
                    parsed.GetValue(json),
                    cancellationToken
                );
                return end is PatchEnd.Refused ? ExitCodes.Refused : ExitCodes.Solved;
            }
        );
        return command;
    }

    private static Command Discard(CliContext context)
    {
        var id = Id();
        var command = new Command("discard", "Throw away the patch that is kept of a run.") { id };
        command.SetAction(parsed =>
        {
            var store = Store(context);
            var run = Find(store, parsed.GetRequiredValue(id));
            context.Terminal.Out.WriteLine(
                store.DiscardPatch(run) ? $"The patch of run {run.RunId} is gone." : $"No patch of run {run.RunId} was kept."
            );
        });
        return command;
    }

    private static (RunSummary Run, byte[] Patch) Kept(CliContext context, string id)
    {
        var store = Store(context);
        var run = Find(store, id);
        return (
            run,
            store.KeptPatch(run)
                ?? throw new UsageException(
                    $"No patch of run {run.RunId} is kept: it was solved, or wrote nothing, or its patch was discarded."
                )
        );
    }

    private static Argument<string> Id() => new("ID") { Description = "The run's id, or its beginning." };

    private static RunStore Store(CliContext context) => new(context.Home, context.Time);

    private static RunSummary Find(RunStore store, string id) =>
        store.Find(id)
        ?? throw new UsageException(
            id.Length > 0 && store.List().Count(run => run.RunId.StartsWith(id, StringComparison.Ordinal)) > 1
                ? $"Several runs begin with '{id}'. Give more of the id; see codex-sidecar runs list."
                : $"There is no run '{id}'. See codex-sidecar runs list."
        );

    private static IReadOnlyList<Span> Row(RunSummary run, TimeProvider time) =>
        [
            new(run.RunId),
            new(TimeZoneInfo.ConvertTime(run.StartedAt, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm"), Tone.Quiet),
            new(
                run.Stop is { } stop && run.State is not RunStatus.Undone ? CliMapping.StopCode(stop, run.Detail) : Wire.Name(run.State),
                run.State is RunStatus.Unfinished ? Tone.Careful : Tone.Plain
            ),
            new(run.Task.Length > 60 ? run.Task[..59] + "…" : run.Task),
            new(run.Workspace, Tone.Quiet),
        ];
}

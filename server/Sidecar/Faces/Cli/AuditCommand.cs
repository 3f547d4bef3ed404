using System.CommandLine;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>audit verify|show</c>: is the log whole, and what does it say?</summary>
internal static class AuditCommand
{
    public static Command Build(CliContext context) =>
        new("audit", "Check and read the log of every action.") { Verify(context), Show(context) };

    private static Command Verify(CliContext context)
    {
        var json = SharedOptions.Json("The result as one JSON object.");
        var command = new Command("verify", "Prove that no line was changed, removed, inserted or moved; else name the first one.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var state = new AuditEntrance(context.Home, context.Time).Verify();
            var whole = state.BrokenLine is null;
            if (parsed.GetValue(json))
            {
                context.PrintJson(state, CliJson.Wire.AuditState);
            }
            else
            {
                context.Terminal.OutScreen.Draw([
                    new Line(
                        new Span(whole ? "✓ " : "✗ ", whole ? Tone.Good : Tone.Bad),
                        new Span(
                            whole
                                ? $"{CliMapping.Count((int)state.Lines, "line", "lines")}, the chain holds."
                                : $"The chain is broken at line {state.BrokenLine}."
                        ),
                        new Span(state.Message is null ? "" : $" {state.Message}"),
                        new Span($"   {state.File}", Tone.Quiet)
                    ),
                ]);
            }
            return whole ? ExitCodes.Solved : ExitCodes.NotSolved;
        });
        return command;
    }

    private static Command Show(CliContext context)
    {
        var run = new Option<string?>("--run") { Description = "Only this run: its id, or its beginning.", HelpName = "ID" };
        var json = SharedOptions.Json("The lines as they are in the file, one JSON object each.");
        var command = new Command("show", "What was decided and what came of it, oldest first.") { run, json };
        command.SetAction(parsed =>
        {
            var (screen, any) = (context.Terminal.OutScreen, false);
            foreach (var line in new AuditEntrance(context.Home, context.Time).Lines(parsed.GetValue(run)))
            {
                any = true;
                if (parsed.GetValue(json))
                {
                    context.Terminal.Out.Write(line.Json + "\n");
                }
                else
                {
                    screen.Draw(line.Phase == "done" ? Done(line) : Decided(line, context.Time));
                }
            }
            if (!any && !parsed.GetValue(json))
            {
                context.Terminal.Out.WriteLine("The audit log has no such lines.");
            }
        });
        return command;
    }

    private static Line Decided(AuditLine line, TimeProvider time) =>
        new(
            new Span($"{TimeZoneInfo.ConvertTime(line.At, time.LocalTimeZone):yyyy-MM-dd HH:mm:ss} {line.Run} ", Tone.Quiet),
            new Span($"{line.Decision, -5} ", PolicyCommand.ToneOf(Wire.Find<Permission>(line.Decision) ?? Permission.Deny)),
            new Span($"{line.Tool} {line.Subject}", Tone.Strong),
            new Span(
                $"   {line.Reason} ({line.Rule}{(line.Sandbox is null ? "" : $"; sandbox: {line.Sandbox}")}) "
                    + $"for {line.Role ?? "agent"} by {line.Who}, {line.Face}",
                Tone.Quiet
            )
        );

    private static Line Done(AuditLine line) =>
        new(
            new Span($"{"", 20}→ ", Tone.Place),
            new Span(line.Result ?? "done"),
            new Span(line.Milliseconds is { } took ? $"   {took} ms" : "", Tone.Quiet)
        );
}

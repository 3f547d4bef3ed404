using System.CommandLine;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>policy show|check</c>: the rules in force, and what they say about a command. Neither runs anything.</summary>
internal static class PolicyCommand
{
    private static readonly string[] Headers = ["Action", "0", "1", "2", "3", "4"];

    public static Command Build(CliContext context) =>
        new("policy", "What the agent may do at which level, and what would be decided about a command.") { Show(context), Check(context) };

    private static Command Show(CliContext context)
    {
        var (workspace, json) = (SharedOptions.Workspace(), SharedOptions.Json("One JSON object."));
        var command = new Command("show", "The table of levels, and the rules in force with the files they come from.") { workspace, json };
        command.SetAction(parsed =>
        {
            var shown = new PolicyEntrance(context.Home).Show(context.Absolute(parsed.GetValue(workspace) ?? "."));
            if (parsed.GetValue(json))
            {
                context.PrintJson(shown, CliJson.Wire.PolicyShown);
            }
            else
            {
                context.Terminal.OutScreen.Draw(Drawings(shown));
            }
        });
        return command;
    }

    private static Command Check(CliContext context)
    {
        var level = SharedOptions.LevelOption();
        var (workspace, json) = (SharedOptions.Workspace(), SharedOptions.Json("Exactly {\"decision\",\"rule\",\"reason\"}."));
        var text = new Option<string?>("--command")
        {
            Description = "A command line as a model writes it: one command, or several joined by && || ; |.",
            HelpName = "\"COMMAND\"",
        };
        var argv = new Argument<string[]>("ARGV") { Description = "The command's words, after --.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(
            "check",
            "Say allow, ask or deny for a command, with the rule and the reason. Runs nothing; a working sandbox is assumed."
        )
        {
            level,
            workspace,
            text,
            json,
            argv,
        };
        command.Validators.Add(result =>
        {
            var words = result.GetResult(argv)?.Tokens.Count ?? 0;
            if (words == 0 == (result.GetResult(text) is null))
            {
                result.AddError(
                    words == 0
                        ? "Which command? Put its words after --, or use --command \"COMMAND\"."
                        : "--command and words after -- are two commands: use one of them."
                );
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var entrance = new PolicyEntrance(context.Home);
                var (folder, at) = (context.Absolute(parsed.GetValue(workspace) ?? "."), parsed.GetValue(level) ?? Level.RunTests);
                var answer = parsed.GetValue(text) is { } line
                    ? entrance.Check(folder, at, line, cancellationToken)
                    : entrance.Check(folder, at, parsed.GetValue(argv) ?? [], cancellationToken);
                if (parsed.GetValue(json))
                {
                    context.PrintJson(answer, CliJson.Wire.PolicyAnswer);
                }
                else
                {
                    context.Terminal.OutScreen.Draw([
                        new Line(new Span(Wire.Name(answer.Decision), ToneOf(answer.Decision))),
                        new Line(new Span("  rule    ", Tone.Quiet), new Span(answer.Rule)),
                        new Line(new Span("  reason  ", Tone.Quiet), new Span(answer.Reason)),
                    ]);
                }
                return Task.FromResult(ExitCodes.Solved);
            }
        );
        return command;
    }

    public static Tone ToneOf(Permission decision) =>
        decision switch
        {
            Permission.Allow => Tone.Good,
            Permission.Ask => Tone.Careful,
            Permission.Deny => Tone.Bad,
        };

    private static IEnumerable<Drawing> Drawings(PolicyShown shown)
    {
        yield return new Grid(
            Headers,
            [
                .. shown.Matrix.Select(row =>
                    (IReadOnlyList<Span>)
                        [
                            new(row.Words, row.Risk == "high" ? Tone.Careful : Tone.Plain),
                            .. row.ByLevel.Select(cell => new Span(Wire.Name(cell), ToneOf(cell))),
                        ]
                ),
            ]
        );
        yield return new Line(
            new Span(
                $"Levels: {string.Join(", ", Enum.GetValues<Level>().Select(level => $"{(int)level} {CliMapping.LevelName((int)level)}"))}",
                Tone.Quiet
            )
        );
        if (shown.MaxLevel is { } most)
        {
            yield return new Line(new Span($"No run here works above level {most} (maxLevel).", Tone.Careful));
        }
        if (!shown.CoAuthor)
        {
            yield return new Line(new Span("Commits do not name the agent as co-author (commit.coAuthor)."));
        }
        if (shown.Rules.Count == 0)
        {
            yield return new Line(
                new Span(
                    $"No rules beyond these. Yours would stand in {shown.UserFile}, the project's in {shown.WorkspaceFile}.",
                    Tone.Quiet
                )
            );
        }
        foreach (var rule in shown.Rules)
        {
            yield return new Line(
                new Span($"{Wire.Name(rule.Decision), -5} ", ToneOf(rule.Decision)),
                new Span(string.Join(' ', rule.Argv), Tone.Strong),
                new Span(rule.Network ? " with the network" : ""),
                new Span(rule.Why is null ? "" : $": {rule.Why}"),
                new Span($"   rule {rule.Number} of {rule.From}", Tone.Quiet)
            );
        }
        foreach (var notice in shown.Notices)
        {
            yield return new Line(new Span($"! {notice}", Tone.Careful));
        }
    }
}

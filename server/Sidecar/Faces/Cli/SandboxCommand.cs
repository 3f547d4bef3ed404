using System.CommandLine;
using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>sandbox run -- ARGV</c>: one command as the agent would run it; its exit code is ours.</summary>
internal static class SandboxCommand
{
    private const int UsualSeconds = 120;

    public static Command Build(CliContext context) => new("sandbox", "Run a command in the sandbox of the agent.") { Run(context) };

    private static Command Run(CliContext context)
    {
        var (workspace, level) = (SharedOptions.Workspace(), SharedOptions.LevelOption());
        level.Description =
            "Judge the command as if the agent wanted it at this level. Without: you typed it, so only a rule can forbid it.";
        var seconds = new Option<int?>("--timeout")
        {
            Description = $"Seconds until everything it started is killed. Default: {UsualSeconds}.",
            HelpName = "SECONDS",
            CustomParser = result =>
            {
                if (
                    int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number is > 0 and <= 86_400
                )
                {
                    return number;
                }
                result.AddError($"--timeout needs whole seconds, 1 to 86400; '{result.Tokens.Single().Value}' is none of them.");
                return null;
            },
        };
        var unsandboxed = new Option<bool>("--allow-unsandboxed") { Description = "Run it although no sandbox works on this machine." };
        var argv = new Argument<string[]>("ARGV") { Description = "The command's words, after --.", Arity = ArgumentArity.OneOrMore };
        var command = new Command(
            "run",
            "Run one command as the agent would: sandbox, clean environment, no input, limits, in a shadow of the workspace. It is "
                + "audited; what it changed in files that are not ignored is taken over when it ends and listed, not kept for an undo."
        )
        {
            workspace,
            level,
            seconds,
            unsandboxed,
            argv,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var asked = parsed.GetValue(level);
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(workspace) ?? "."),
                    Level = asked ?? Level.ExtendedShell,
                    AllowUnsandboxed = parsed.GetValue(unsandboxed),
                };
                var timeout = TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? UsualSeconds);
                var answer = await new ToolEntrance(context.Home, context.Time).RunCommandAsync(
                    settings,
                    Caller.CommandLine,
                    parsed.GetRequiredValue(argv),
                    asAgent: asked is not null,
                    timeout,
                    context.Terminal.Out.Write,
                    ToolCommand.Ask(context),
                    cancellationToken
                );
                if (answer.Refusal is { } refusal)
                {
                    context.Terminal.Tell($"Not run: {refusal}");
                }
                else if (answer.ExitCode == ToolEntrance.TimedOutExit)
                {
                    context.Terminal.Tell(
                        $"It did not end within {timeout.TotalSeconds} seconds and was killed with everything it had started (or it "
                            + $"ended with 124 itself)."
                    );
                }
                if (answer.Changes is { } changes)
                {
                    changes.Split('\n').ToList().ForEach(context.Terminal.Tell);
                }
                return answer.ExitCode;
            }
        );
        return command;
    }
}

using System.CommandLine;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>tool NAME --json INPUT</c>: one tool call through the agent's own runner, for people, tests and scripts.</summary>
internal static class ToolCommand
{
    public static Command Build(CliContext context)
    {
        var name = new Argument<string>("NAME")
        {
            Description = $"One of {string.Join(", ", ToolEntrance.Tools.Select(tool => tool.Name))}.",
        };
        var input = new Option<string>("--json")
        {
            Description = "The tool's input: a JSON object, @FILE, or - for stdin.",
            HelpName = "INPUT",
            Required = true,
        };
        var (level, workspace) = (SharedOptions.LevelOption(), SharedOptions.Workspace());
        var unsandboxed = new Option<bool>("--allow-unsandboxed")
        {
            Description = "Run commands although no sandbox works on this machine.",
        };
        var command = new Command(
            "tool",
            "Run one tool as the agent would: validated, judged, audited, undoable. The result is one JSON object."
        )
        {
            name,
            input,
            level,
            workspace,
            unsandboxed,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var tool = parsed.GetRequiredValue(name);
                if (ToolEntrance.Tools.All(one => one.Name != tool))
                {
                    throw new UsageException(
                        $"There is no tool '{tool}'; the tools are {string.Join(", ", ToolEntrance.Tools.Select(one => one.Name))}. "
                            + $"See codex-sidecar tool --help."
                    );
                }
                using var json = Parse(context, parsed.GetRequiredValue(input));
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(workspace) ?? "."),
                    Level = parsed.GetValue(level) ?? Level.RunTests,
                    AllowUnsandboxed = parsed.GetValue(unsandboxed),
                };
                var answer = await new ToolEntrance(context.Home, context.Time).RunAsync(
                    settings,
                    Caller.CommandLine,
                    tool,
                    json.RootElement.Clone(),
                    Ask(context),
                    cancellationToken
                );
                context.PrintJson(answer, CliJson.Wire.ToolAnswer);
                return answer.End switch
                {
                    ToolEnd.Done => ExitCodes.Solved,
                    ToolEnd.Refused => ExitCodes.Refused,
                    ToolEnd.NotUsable => ExitCodes.Usage,
                    ToolEnd.Failed => ExitCodes.NotSolved,
                };
            }
        );
        return command;
    }

    /// <summary>On a terminal the person is asked, elsewhere the answer is no, and says why.</summary>
    public static Func<PermissionAsked, CancellationToken, Task<Answer>> Ask(CliContext context)
    {
        var asking = new Asking(context.Terminal);
        return async (question, cancellationToken) =>
        {
            if (context.Terminal.CanAsk)
            {
                return await asking.AskAsync(question, null, cancellationToken);
            }
            context.Terminal.Tell(
                $"Not allowed, since nobody can be asked here: {question.Question} ({question.Reason.TrimEnd('.')}; run it on a "
                    + $"terminal to be asked, or use a level or a rule that allows it)"
            );
            return new Answer(false, AnsweredBy.Face);
        };
    }

    private static JsonDocument Parse(CliContext context, string input)
    {
        var text =
            input == "-" ? context.Terminal.In.ReadToEnd()
            : input.StartsWith('@') ? Read(context.Absolute(input[1..]))
            : input;
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException broken)
        {
            throw new UsageException($"The input is no JSON: {broken.Message} See codex-sidecar tool --help.");
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The input cannot be read: {refused.Message}");
        }
    }
}

using System.CommandLine;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>doctor</c>: what a run would find here. Exit code 1 when something stands in its way.</summary>
internal static class DoctorCommand
{
    public static Command Build(CliContext context)
    {
        var (workspace, baseUrl, model, apiKeyEnv) = (
            SharedOptions.Workspace(),
            SharedOptions.BaseUrl(),
            SharedOptions.Model(),
            SharedOptions.ApiKeyEnv()
        );
        var json = SharedOptions.Json("One JSON object a line.");
        var forget = new Option<bool>("--forget")
        {
            Description =
                "First forget what runs have learnt of model servers (of all, or of that of --base-url): refused fields, windows, speeds.",
        };
        var command = new Command(
            "doctor",
            "Look at everything a run needs (model server, sandbox, git, tests) and say what to do. Changes nothing without --forget."
        )
        {
            workspace,
            baseUrl,
            model,
            apiKeyEnv,
            forget,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(workspace) ?? "."),
                    BaseUrl = parsed.GetValue(baseUrl),
                    Model = parsed.GetValue(model),
                    ApiKeyEnv = parsed.GetValue(apiKeyEnv),
                };
                IReadOnlyList<DoctorFinding> findings =
                [
                    .. parsed.GetValue(forget) ? DoctorEntrance.Forget(context.Home, settings) : [],
                    .. await DoctorEntrance.ExamineAsync(context.Home, settings, cancellationToken),
                ];
                if (parsed.GetValue(json))
                {
                    foreach (var finding in findings)
                    {
                        context.PrintJson(finding, CliJson.Wire.DoctorFinding);
                    }
                }
                else
                {
                    context.Terminal.OutScreen.Draw(findings.SelectMany(Lines));
                }
                return findings.Any(finding => finding.State is FindingState.Problem) ? ExitCodes.NotSolved : ExitCodes.Solved;
            }
        );
        return command;
    }

    private static IEnumerable<Drawing> Lines(DoctorFinding finding)
    {
        var (mark, tone) = finding.State switch
        {
            FindingState.Ok => ("✓", Tone.Good),
            FindingState.Warning => ("!", Tone.Careful),
            FindingState.Problem => ("✗", Tone.Bad),
        };
        yield return new Line(new Span($"{mark} {finding.Area, -10} ", tone), new Span(finding.Text));
        if (finding.Fix is { } fix)
        {
            yield return new Line(new Span("             " + fix, Tone.Quiet));
        }
    }
}

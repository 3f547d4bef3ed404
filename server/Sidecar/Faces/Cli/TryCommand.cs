using System.CommandLine;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>try</c>: a whole real run on a temporary copy of a sample, with or without a model server.</summary>
internal static class TryCommand
{
    public static Command Build(CliContext context)
    {
        var sample = new Option<string?>("--sample")
        {
            Description = "Which sample; a name that does not exist lists them. Default: the first.",
            HelpName = "NAME",
        };
        var baseUrl = SharedOptions.BaseUrl();
        var model = SharedOptions.Model();
        var keep = new Option<bool>("--keep") { Description = "Keep the copy and say where it is." };
        var json = SharedOptions.Json("Print the run's events, one JSON object a line, and nothing else.");
        var command = new Command(
            "try",
            "See it work: solve a sample's task on a temporary copy. Without a model server a recording stands in for the model; "
                + "everything else is real."
        )
        {
            sample,
            baseUrl,
            model,
            keep,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var chosen = Sample.Find(parsed.GetValue(sample));
                // A program reading --json gets events on stdout and nothing else.
                Action<string> say = parsed.GetValue(json)
                    ? context.Terminal.Tell
                    : line => context.Terminal.Out.WriteLine(Harmless.Line(line));
                var settings = new RunSettings
                {
                    Workspace = Directory.CreateTempSubdirectory("codex-sidecar-try-").FullName,
                    BaseUrl = parsed.GetValue(baseUrl),
                    Model = parsed.GetValue(model),
                    AllowUnsandboxed = true,
                };
                return RunAsync(context, chosen, settings, parsed.GetValue(keep), parsed.GetValue(json), say, cancellationToken);
            }
        );
        return command;
    }

    // What a test run left behind may be read-only; that is no reason to call a solved run failed.
    private static bool Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task<int> RunAsync(
        CliContext context,
        Sample sample,
        RunSettings settings,
        bool keep,
        bool json,
        Action<string> say,
        CancellationToken cancellationToken
    )
    {
        try
        {
            sample.CopyWorkspace(settings.Workspace, cancellationToken);
            say(
                $"Sample '{sample.Name}', copied to {settings.Workspace}. For this copy commands are allowed, also where no sandbox works."
            );
            var (found, problem) = await ModelCheck.FindAsync(context.Home, settings, cancellationToken);
            if (found is not null)
            {
                say($"Model: {found}.");
            }
            else
            {
                var why = problem is null
                    ? $"No model server answers{(settings.BaseUrl is null ? "" : $" at {settings.BaseUrl}")}: the"
                    : $"{problem} The";
                say($"{why} sample's cassette stands in for the model.");
                settings = settings with { BaseUrl = null, Model = null, Cassette = sample.Cassette };
            }
            return await SolveCommand.RunAsync(context, new RunRequest(sample.Task(), settings), json, cancellationToken);
        }
        finally
        {
            say(
                keep || !Remove(settings.Workspace)
                    ? $"The copy stays in {settings.Workspace}."
                    : "The copy is removed; --keep would have kept it."
            );
        }
    }
}

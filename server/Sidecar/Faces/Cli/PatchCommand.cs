using System.CommandLine;
using System.Globalization;
using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>patch apply</c>: a model's reply or a patch in any form, all of it or nothing.</summary>
internal static class PatchCommand
{
    public static Command Build(CliContext context) => new("patch", "Apply a model's reply or a patch.") { Apply(context) };

    private static Command Apply(CliContext context)
    {
        var file = new Argument<string?>("FILE") { Description = "The reply or patch. Default: stdin.", Arity = ArgumentArity.ZeroOrOne };
        var root = new Option<string?>("--root") { Description = "The project's folder. Default: the current folder.", HelpName = "DIR" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be written." };
        var (level, json) = (SharedOptions.LevelOption(), SharedOptions.Json("One JSON object."));
        var command = new Command(
            "apply",
            "Apply a model's reply or a patch in any form: every block or nothing. It is audited and can be undone."
        )
        {
            file,
            root,
            dryRun,
            level,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var bytes = Read(context, parsed.GetValue(file));
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(root) ?? "."),
                    Level = parsed.GetValue(level) ?? Level.RunTests,
                };
                var end = await ApplyAsync(context, settings, bytes, parsed.GetValue(dryRun), parsed.GetValue(json), cancellationToken);
                return end is PatchEnd.Refused ? ExitCodes.NotSolved : ExitCodes.Solved;
            }
        );
        return command;
    }

    /// <summary>Applies it and draws what came of it.</summary>
    public static async Task<PatchEnd> ApplyAsync(
        CliContext context,
        RunSettings settings,
        byte[] bytes,
        bool dryRun,
        bool json,
        CancellationToken cancellationToken
    )
    {
        var answer = await new PatchEntrance(context.Home, context.Time).ApplyAsync(
            settings,
            Caller.CommandLine,
            bytes,
            dryRun,
            ToolCommand.Ask(context),
            cancellationToken
        );
        if (json)
        {
            context.PrintJson(answer, CliJson.Wire.PatchAnswer);
        }
        else
        {
            context.Terminal.OutScreen.Draw(Drawings(answer));
        }
        return answer.End;
    }

    private static IEnumerable<Drawing> Drawings(PatchAnswer answer)
    {
        foreach (var drawing in DiffDrawing.Files(answer.Files))
        {
            yield return drawing;
        }
        foreach (var note in answer.Notes)
        {
            yield return new Line(new Span($"! {note}", Tone.Careful));
        }
        foreach (var (block, path, code, message) in answer.Refused)
        {
            var place = block == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"block {block} ");
            yield return new Line(
                new Span($"✗ {place}{path}".TrimEnd(), Tone.Strong),
                new Span($" {code}", Tone.Bad),
                new Span($": {message}")
            );
        }
        if (answer.Reason is { } reason)
        {
            yield return new Line(new Span($"✗ {reason}", Tone.Bad));
        }
        yield return answer.End switch
        {
            PatchEnd.Refused => new Line(new Span("Nothing was written.", Tone.Strong)),
            PatchEnd.WouldApply => new Line(new Span($"{Counted(answer)} would be written.", Tone.Strong)),
            PatchEnd.Applied => new Line(
                new Span($"✓ {Counted(answer)} written.", Tone.Good),
                new Span(answer.Undo is { } run ? $"   To take it back: codex-sidecar runs undo {run}" : "", Tone.Quiet)
            ),
        };
    }

    private static string Counted(PatchAnswer answer) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Files.Count} {(answer.Files.Count == 1 ? "file" : "files")}, +{answer.Files.Sum(file => file.Added)} "
                + $"-{answer.Files.Sum(file => file.Removed)}"
        );

    private static byte[] Read(CliContext context, string? file)
    {
        if (file is null or "-")
        {
            if (context.Terminal.CanAsk)
            {
                context.Terminal.Tell("Reading the reply from the terminal; end it with Ctrl+D.");
                return Encoding.UTF8.GetBytes(context.Terminal.In.ReadToEnd());
            }
            using var input = context.Terminal.OpenIn();
            return Read(input);
        }
        try
        {
            using var stream = File.OpenRead(context.Absolute(file));
            return Read(stream);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The patch cannot be read: {refused.Message}");
        }
    }

    private static byte[] Read(Stream stream)
    {
        var buffer = new byte[PatchEntrance.MostBytes];
        return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }
}

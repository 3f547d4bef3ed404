using System.CommandLine;
using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>consilium stats</c>: how often each role was right on this machine.</summary>
internal static class ConsiliumCommand
{
    public static Command Build(CliContext context) => new("consilium", "Look at how the six roles did so far.") { Stats(context) };

    private static Command Stats(CliContext context)
    {
        var json = SharedOptions.Json("One JSON object a line.");
        var command = new Command(
            "stats",
            "The track record of each role and model: what its votes weigh, how many were right, and whether its confidence says anything."
        )
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var standings = ConsiliumStats.Read(context.Home);
            if (parsed.GetValue(json))
            {
                foreach (var standing in standings)
                {
                    context.PrintJson(standing, ContractJson.Wire.Standing);
                }
            }
            else if (standings.Count == 0)
            {
                context.Terminal.Out.WriteLine(
                    "No vote was judged yet. Votes are judged at the end of a run by your decisions and the tests."
                );
            }
            else
            {
                context.Terminal.OutScreen.Draw(
                    new Grid(["Role", "Model", "Weight", "Right", "Confidence (Brier)", "Unreadable"], [.. standings.Select(Row)])
                );
                context.Terminal.Out.WriteLine(
                    "Weight 1.00 is a role without a record. Brier: 0 is best; confidence says something only when it is below the "
                        + "figure of somebody who always states the average."
                );
            }
        });
        return command;
    }

    private static IReadOnlyList<Span> Row(Standing standing) =>
        [
            new(VoteDrawing.Name(standing.Role)),
            new(standing.Model, Tone.Quiet),
            new((standing.Weight / 1000.0).ToString("0.00", CultureInfo.InvariantCulture)),
            new(string.Create(CultureInfo.InvariantCulture, $"{standing.Right:0.##} of {standing.Judged}")),
            new(
                standing is { Brier: { } brier, BaseBrier: { } average }
                    ? string.Create(CultureInfo.InvariantCulture, $"{brier:0.000} (average: {average:0.000})")
                    : "too few votes",
                Tone.Quiet
            ),
            new(standing.Malformed.ToString(CultureInfo.InvariantCulture), standing.Malformed == 0 ? Tone.Quiet : Tone.Careful),
        ];
}

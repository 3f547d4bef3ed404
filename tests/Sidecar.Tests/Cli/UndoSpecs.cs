using System.Text.Json;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary><c>runs undo</c> as users meet it when they have gone on with a file.</summary>
public sealed class UndoSpecs
{
    private const string Tail = "\n// one\n// two\n";

    [Fact]
    public async Task Undo_shows_what_it_would_do_and_stops_with_4_where_the_users_lines_would_be_lost()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved + Tail)]);
        bench.Workspace.With("double.js", RunBench.Broken + Tail);
        var solved = await SidecarProcess.RunAsync(
            bench.State.Path,
            bench.Workspace.Path,
            "solve",
            "double(2) is 5, it must be 4.",
            "--base-url",
            bench.Server.BaseUrl,
            "--consilium",
            "off",
            "--allow-unsandboxed"
        );
        Assert.Equal(0, solved.ExitCode);

        bench.Workspace.With("double.js", $"export const double = (n) => 2 * n;\n{Tail}");
        var refused = await UndoAsync(bench);
        Assert.Equal(4, refused.ExitCode);
        foreach (
            var line in new[]
            {
                "  ! double.js  You have changed the same lines as the run.",
                $"the run left   │ {RunBench.Solved}",
                "there is now   │ export const double = (n) => 2 * n;\n",
                $"undo puts back │ {RunBench.Broken}",
            }
        )
        {
            Assert.Contains(line, refused.Out);
        }

        using var preview = JsonDocument.Parse((await UndoAsync(bench, "--json")).Out);
        Assert.Equal(
            RunBench.Broken,
            preview.RootElement.GetProperty("previews")[0].GetProperty("places")[0].GetProperty("back").GetString()
        );

        bench.Workspace.With("double.js", $"{RunBench.Solved}{Tail}// mine\n");
        var tried = await UndoAsync(bench, "--dry-run");
        Assert.Equal(0, tried.ExitCode);
        Assert.Contains($"  +{RunBench.Broken}", tried.Out);
        Assert.Equal($"{RunBench.Solved}{Tail}// mine\n", bench.Workspace.Read("double.js"));

        Assert.Equal(0, (await UndoAsync(bench)).ExitCode);
        Assert.Equal($"{RunBench.Broken}{Tail}// mine\n", bench.Workspace.Read("double.js"));
    }

    private static Task<Ended> UndoAsync(RunBench bench, params IReadOnlyList<string> more) =>
        SidecarProcess.RunAsync(bench.State.Path, bench.Workspace.Path, ["runs", "undo", "2", .. more]);
}

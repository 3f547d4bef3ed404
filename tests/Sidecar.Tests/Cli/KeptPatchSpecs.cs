using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>Whatever a run ends with, its patch stays with it, and can be had.</summary>
public sealed class KeptPatchSpecs
{
    private const string Wrong = "export const double = (n) => 7;\n";

    [Fact]
    public async Task The_patch_of_a_run_that_was_not_solved_is_shown_applied_undone_and_discarded()
    {
        await using var bench = Bench();
        bench.Workspace.With("old notes.txt", "one\ntwo\n");
        var before = bench.Workspace.Fingerprint();
        var id = await FailAsync(bench);
        Assert.Equal(before, bench.Workspace.Fingerprint());

        var diff = await Run(bench, "runs", "diff", id);
        Assert.Contains(
            "diff --git a/double.js b/double.js\n--- a/double.js\n+++ b/double.js\n@@ -1,1 +1,1 @@\n-",
            diff.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("new file mode 100644\n--- /dev/null\n+++ b/lib/new one.js\t\n", diff.Out, StringComparison.Ordinal);
        Assert.Contains("deleted file mode 100644\n--- a/old notes.txt\t\n+++ /dev/null\n", diff.Out, StringComparison.Ordinal);

        Assert.Equal(0, (await Run(bench, "runs", "apply", id, "--dry-run")).ExitCode);
        Assert.Equal(before, bench.Workspace.Fingerprint());

        // A file that goes is asked about below level 4, and nobody can be asked here.
        Assert.Equal(4, (await Run(bench, "runs", "apply", id)).ExitCode);
        Assert.Equal(before, bench.Workspace.Fingerprint());

        var applied = await Run(bench, "runs", "apply", id, "--level", "4");
        Assert.Equal(0, applied.ExitCode);
        Assert.Equal((Wrong, "new\n"), (bench.Workspace.Read("double.js"), bench.Workspace.Read("lib/new one.js")));
        Assert.False(File.Exists(bench.Workspace["old notes.txt"]));

        var undo = applied.Out[(applied.Out.LastIndexOf(' ') + 1)..].Trim();
        Assert.Equal(0, (await Run(bench, "runs", "undo", undo)).ExitCode);
        Assert.Equal(before, bench.Workspace.Fingerprint());

        Assert.Equal($"The patch of run {id} is gone.\n", (await Run(bench, "runs", "discard", id)).Out);
        Assert.Equal($"No patch of run {id} was kept.\n", (await Run(bench, "runs", "discard", id)).Out);
        Assert.Equal(2, (await Run(bench, "runs", "diff", id)).ExitCode);
    }

    [Fact]
    public async Task A_kept_patch_that_does_not_fit_any_more_changes_nothing()
    {
        await using var bench = Bench();
        bench.Workspace.With("old notes.txt", "one\ntwo\n");
        var id = await FailAsync(bench);
        bench.Workspace.With("double.js", "export const double = (n) => 2 * n;\n");
        var before = bench.Workspace.Fingerprint();

        Assert.Equal(4, (await Run(bench, "runs", "apply", id, "--level", "4")).ExitCode);
        Assert.Equal(before, bench.Workspace.Fingerprint());
    }

    private static RunBench Bench() =>
        new([
            .. Says.Begin,
            Says.Rule(
                "Carry out the plan",
                """
                *** Begin Patch
                *** Update File: double.js
                @@
                -export const double = (n) => n + n + 1;
                +export const double = (n) => 7;
                *** Add File: lib/new one.js
                +new
                *** Delete File: old notes.txt
                *** End Patch
                """
            ),
            Says.Rule("", "I do not know."),
        ]);

    private static async Task<string> FailAsync(RunBench bench)
    {
        var run = await Run(
            bench,
            "solve",
            "double(2) is 5, it must be 4.",
            "--base-url",
            bench.Server.BaseUrl,
            "--consilium",
            "off",
            "--allow-unsandboxed",
            "--level",
            "4",
            "--json"
        );
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("\"title\":\"The patch is kept\"", run.Out, StringComparison.Ordinal);
        return Path.GetFileName(Directory.EnumerateDirectories(bench.State["state/runs"]).Single());
    }

    private static Task<Ended> Run(RunBench bench, params IReadOnlyList<string> arguments) =>
        SidecarProcess.RunAsync(bench.State.Path, bench.Workspace.Path, [.. arguments]);
}

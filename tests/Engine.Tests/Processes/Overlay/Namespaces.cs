using System.Diagnostics;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>The second process in user and mount namespaces of its own, where mounts can be made that end with it.</summary>
internal static class Namespaces
{
    /// <param name="setup">For sh, with <paramref name="folder"/> as <c>$1</c>.</param>
    /// <param name="job">A job of the second process (tests/Victim, OverlayJobs).</param>
    /// <param name="mayMount">False: the job has not the right to, as an ordinary user has it not.</param>
    public static Task<string> RunAsync(string setup, string folder, IReadOnlyList<string> job, bool mayMount = true)
    {
        var script = $"{setup} && shift && exec {(mayMount ? "" : "setpriv --bounding-set -sys_admin ")}\"$@\"";
        return StartAsync(
            "unshare",
            ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder, SecondProcess.Program, .. job]
        );
    }

    public static async Task<string> StartAsync(string program, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync(Running.Token);
        var output = await process.StandardOutput.ReadToEndAsync(Running.Token);
        await process.WaitForExitAsync(Running.Token);
        return output + await error;
    }
}

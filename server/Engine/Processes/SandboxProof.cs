using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CodexSidecar.Engine.Processes;

/// <summary>Before a backend is trusted, one child on it, with the very options commands get, tries to get out.</summary>
internal static class SandboxProof
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>What is wrong; null when all holds.</returns>
    public static async Task<string?> FindFaultAsync(
        Sandbox sandbox,
        string workspace,
        bool needsLoopback,
        CancellationToken cancellationToken
    )
    {
        if (OwnProgram.Find() is not { } own)
        {
            return "it cannot be tried out, for the program codex-sidecar is not where this code runs";
        }
        var files = Outside(workspace).Select(folder => Path.Join(folder, $".codex-sidecar-probe-{Guid.NewGuid():n}")).ToList();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        try
        {
            var trial = await new CommandRunner(sandbox, TimeProvider.System).RunAsync(
                new([.. own, HiddenJobs.Probe, port, .. files], workspace, Patience),
                null,
                cancellationToken
            );
            return Judge(trial, files.Exists(File.Exists), listener.Pending(), needsLoopback);
        }
        catch (SandboxException refused)
        {
            return refused.Message;
        }
        finally
        {
            files.ForEach(File.Delete);
        }
    }

    /// <summary>What the child says counts only where it cannot be seen from here.</summary>
    public static string? Judge(CommandResult trial, bool fileIsThere, bool somebodyKnocked, bool needsLoopback) =>
        fileIsThere ? "a command could write outside the workspace"
        : ProbeReport.Read(trial.Output) is not { } report
            ? $"its trial ended with exit "
                + $"code {trial.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}: {trial.Output.Trim().Split('\n', 2)[0]}"
        : somebodyKnocked || report.Reached ? "a command could reach a server of this machine"
        : !report.Filtered ? "its system call filter is not in force"
        : needsLoopback && !report.Loopback ? "loopback does not work inside it"
        : null;

    /// <summary>Places that we could write to: a refusal there is the sandbox's.</summary>
    private static IEnumerable<string> Outside(string workspace) =>
        new[] { Path.GetDirectoryName(workspace), Environment.GetEnvironmentVariable("HOME") }
            .OfType<string>()
            .Where(folder =>
                Directory.Exists(folder) && !(folder + "/").StartsWith(workspace.TrimEnd('/') + "/", StringComparison.Ordinal)
            );
}

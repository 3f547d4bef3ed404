namespace CodexSidecar.Engine.Processes;

/// <summary>The jobs this program does for itself in a process of its own; no help text names them.</summary>
internal static class HiddenJobs
{
    public const string Launch = "sandbox-launch",
        Probe = "sandbox-probe";

    /// <returns>The exit code; null when the arguments are not for us.</returns>
    public static int? Run(string[] args) =>
        args switch
        {
            [Launch, .. var rest] when OperatingSystem.IsLinux() => Landlock.LandlockLauncher.Run(rest),
            [Probe, .. var rest] => SandboxProbe.Run(rest),
            _ => null,
        };
}

using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Entrances;

/// <summary>The program starts itself for a job inside a sandbox. Such a start serves no face, so this comes before all else.</summary>
public static class OwnJobs
{
    /// <returns>The exit code; null for a start by a person or an editor.</returns>
    public static int? Run(string[] args) => HiddenJobs.Run(args);
}

namespace CodexSidecar.Engine.Processes;

/// <summary>A sandbox could not do its job. The message is for the user.</summary>
/// <param name="hasRun">False: the sandbox could not be set up, so the command was not run.</param>
internal sealed class SandboxException(string message, bool hasRun = false) : Exception(message)
{
    public bool HasRun => hasRun;
}

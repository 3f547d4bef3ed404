namespace CodexSidecar.Engine.Processes;

/// <summary>The sandbox could not be set up, so the command was not run. The message is for the user.</summary>
internal sealed class SandboxException(string message) : Exception(message);

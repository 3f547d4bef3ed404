namespace CodexSidecar.Engine.Tools;

/// <summary>A server of the user's does not do what the protocol says, has ended, or takes too long.</summary>
public sealed class ExtraServerException(string message) : Exception(message);

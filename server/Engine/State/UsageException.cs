namespace CodexSidecar.Engine.State;

/// <summary>The request cannot be started as it stands (missing folder, unreadable cassette): nothing ran, exit code 2.</summary>
public class UsageException(string message) : Exception(message);

/// <param name="kind"><c>session_busy</c>, <c>workspace_busy</c> or <c>run_in_progress</c>.</param>
public sealed class BusyException(string kind, string message) : UsageException(message)
{
    public string Kind => kind;
}

/// <summary>What is asked for is not there.</summary>
/// <param name="kind"><c>patch</c>, <c>hunk</c>, <c>snapshot</c> or <c>path</c>.</param>
public sealed class UnknownItemException(string kind, string message) : UsageException(message)
{
    public string Kind => kind;
}

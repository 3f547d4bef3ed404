namespace CodexSidecar.Engine.Processes;

/// <summary>What came of a command. When this exists, nothing the command started is alive any more.</summary>
/// <param name="ExitCode">As a shell counts: 128 + N when signal N ended it, 127 when there is no such program. Null when we killed
/// it.</param>
/// <param name="Output">Standard output and standard error in the order they arrived, as UTF-8 with replacement characters.</param>
/// <param name="Truncated">The output was longer than the cap; a line in the middle says how much is missing.</param>
/// <param name="Stopped">Why we killed it, if not for its time: it was filling the machine. The output ends with the same sentence.</param>
internal sealed record CommandResult(
    int? ExitCode,
    string Output,
    bool TimedOut,
    bool Truncated,
    TimeSpan Duration,
    SandboxKind Sandbox,
    string? Stopped = null
);

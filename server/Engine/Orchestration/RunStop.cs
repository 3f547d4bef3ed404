using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>How a run ended.</summary>
/// <param name="Message">One sentence for the user: what happened and what to do.</param>
internal sealed record RunEnd(StopReason Stop, string? Detail, string Message)
{
    public bool IsSolved => Stop is StopReason.Done or StopReason.NothingToDo;
}

/// <summary>Ends the run from wherever it is; whoever catches it puts the files back.</summary>
internal sealed class RunStop(StopReason stop, string? detail, string message) : Exception(message)
{
    public RunStop(StopReason stop, string message)
        : this(stop, null, message) { }

    public RunEnd End => new(stop, detail, Message);
}

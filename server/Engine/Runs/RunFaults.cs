using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Runs;

/// <summary>What an exception at the border of a run means for the user.</summary>
internal static class RunFaults
{
    public static RunEnd Of(Exception fault, SidecarHome home, CancellationToken cancellationToken) =>
        fault switch
        {
            RunStop stop => stop.End,
            OperationCanceledException when cancellationToken.IsCancellationRequested => new(StopReason.Cancelled, null, "Cancelled."),
            CassetteMismatchException mismatch => new(StopReason.CassetteMismatch, null, mismatch.Message),
            ModelException { Fault: ModelFault.Context } model => new(StopReason.LimitTokens, "context", model.Message),
            ModelException model => new(StopReason.ModelUnavailable, Wire.Name(model.Fault), model.Message),
            // The workspace did not let itself be read or written: no fault of ours, and the message says what stands in the way.
            WorkspaceException refused when DiskFault.Find(refused) is null => new(StopReason.Forbidden, refused.Code, refused.Message),
            _ => Fault(fault, home),
        };

    /// <summary>A disk or a workspace that refuses says so itself. All else is our own fault: everything goes to the log, an id to the
    /// user.</summary>
    public static RunEnd Fault(Exception fault, SidecarHome home)
    {
        if (DiskFault.Find(fault) is { } disk)
        {
            return new(StopReason.Failed, disk.Code, disk.Sentence);
        }
        if (fault is WorkspaceException refused)
        {
            return new(StopReason.Failed, refused.Code, refused.Message);
        }
        var message = FaultLog.Write(home, fault, out var id);
        return new(StopReason.Failed, id, message);
    }
}

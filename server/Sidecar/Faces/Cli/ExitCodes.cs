using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>The table of docs/architecture.md, section "Stop reasons".</summary>
internal static class ExitCodes
{
    public const int Solved = 0;
    public const int NotSolved = 1;
    public const int Usage = 2;
    public const int Limit = 3;
    public const int Refused = 4;
    public const int NoModel = 5;
    public const int OurFault = 70;
    public const int Cancelled = 130;

    public static int Of(StopReason stop) =>
        stop switch
        {
            StopReason.Done or StopReason.NothingToDo => Solved,
            StopReason.TestsFailed or StopReason.NoProgress => NotSolved,
            StopReason.LimitTime
            or StopReason.LimitTokens
            or StopReason.LimitRequests
            or StopReason.LimitChanges
            or StopReason.Loop
            or StopReason.MalformedReplies
            or StopReason.CassetteMismatch => Limit,
            StopReason.Forbidden or StopReason.RejectedByConsilium or StopReason.UserRejected => Refused,
            StopReason.ModelUnavailable => NoModel,
            StopReason.Cancelled => Cancelled,
            // Only ever read from the log of a killed run: the program that ran it had no exit code of its own.
            StopReason.Interrupted => OurFault,
            StopReason.Failed => OurFault,
        };
}

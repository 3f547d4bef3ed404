using CodexSidecar.Contracts;
using CodexSidecar.Engine.Sessions;

namespace CodexSidecar.Faces.Acp;

/// <summary>ACP's five stop reasons. "refusal" is never used for a vote or a policy: a client may drop the whole turn from its history then.</summary>
internal static class AcpStop
{
    public static string Of(RunOutcome outcome) => outcome.Stop switch
    {
        StopReason.LimitTokens => "max_tokens",
        StopReason.LimitRequests or StopReason.LimitTime => "max_turn_requests",
        StopReason.Cancelled or StopReason.Interrupted => "cancelled",
        _ => "end_turn",
    };
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <param name="Purpose">Recorded in cassettes, such as <c>vote:security</c>.</param>
internal sealed record TailQuestion(string Purpose, string Text, int MaxTokens, double Temperature = 0.2);

/// <summary>Asks a model one question on the shared prefix of the run.</summary>
internal delegate Task<ModelReply> AskTail(TailQuestion question, CancellationToken cancellationToken);

/// <summary>How one role is asked.</summary>
/// <param name="Endpoint">Roles with the same endpoint are asked one after the other, on one prefix; endpoints at the same time.</param>
internal sealed record Chair(Seat Seat, string Endpoint, AskTail Ask)
{
    public Role Role => Seat.Role;
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <param name="Purpose">Recorded in cassettes, such as <c>vote:security</c>.</param>
/// <param name="Schema">What the answer should follow, where the server honours it.</param>
/// <param name="BoundedSchema">The same for servers whose grammar takes bounds.</param>
internal sealed record TailQuestion(
    string Purpose,
    string Text,
    int MaxTokens,
    double Temperature = 0.2,
    string? Schema = null,
    string? BoundedSchema = null
);

/// <summary>Asks a model one question on the shared prefix of the run.</summary>
internal delegate Task<ModelReply> AskTail(TailQuestion question, CancellationToken cancellationToken);

/// <summary>How one role is asked.</summary>
/// <param name="Endpoint">Roles with the same endpoint are asked on one prefix; endpoints at the same time.</param>
/// <param name="InJson">The server holds a reply to a schema.</param>
/// <param name="AtOnce">So many roles are asked at the same time once the first has answered, and the prefix is in the server's
/// cache.</param>
internal sealed record RoleAssignment(Seat Seat, string Endpoint, AskTail Ask, bool InJson = false, int AtOnce = 1)
{
    public Role Role => Seat.Role;
}

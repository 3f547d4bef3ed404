using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;
using Microsoft.AspNetCore.Http;

namespace CodexSidecar.Faces.Http;

/// <summary>The window of the user's own model, which clients fill: asked of its server, and kept for half a minute.</summary>
internal sealed class ChatWindow(HttpOrder order, SidecarHome home, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private long askedAt;
    private Task<int?>? asked;

    /// <returns>Null: there is no model, or a server of ours asks, which would be asked in turn.</returns>
    public Task<int?> TokensAsync(HttpContext context)
    {
        if (context.Request.Headers.UserAgent == ModelCheck.UserAgent)
        {
            return Task.FromResult<int?>(null);
        }
        lock (gate)
        {
            if (asked is null or { IsFaulted: true } || time.GetElapsedTime(askedAt) > Kept)
            {
                askedAt = time.GetTimestamp();
                // Not this request's: the next ones wait for the same answer.
                asked = ModelCheck.WindowAsync(home, order.Settings, CancellationToken.None);
            }
            return asked;
        }
    }
}

using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CodexSidecar.Faces.Mcp;

/// <summary>Tells a client that asked for it how far a call is; the number only rises, since nobody knows how many steps there will
/// be.</summary>
internal sealed class McpProgress(RequestContext<CallToolRequestParams> request, TimeProvider time) : IDisposable
{
    private const int MostLetters = 300;

    /// <summary>Clients give up after 60 s without a word.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly ProgressToken? token = request.Params?.ProgressToken;
    private readonly SemaphoreSlim turn = new(1);
    private string last = "Started";
    private int steps;

    /// <summary>Says every now and then that it is still at the last step, also while a question waits; until cancelled.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Heartbeat, time);
        while (token is not null && await timer.WaitForNextTickAsync(cancellationToken))
        {
            await SendAsync($"Still at it: {last}", cancellationToken);
        }
    }

    public Task TellAsync(string step, CancellationToken cancellationToken)
    {
        var line = step.ReplaceLineEndings(" ");
        last = line.Length > MostLetters ? $"{line[..MostLetters]}…" : line;
        return SendAsync(last, cancellationToken);
    }

    public void Dispose() => turn.Dispose();

    private async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        if (token is not { } wanted)
        {
            return;
        }
        await turn.WaitAsync(cancellationToken);
        try
        {
            await request.Server.NotifyProgressAsync(
                wanted,
                new ProgressNotificationValue { Progress = ++steps, Message = message },
                cancellationToken: cancellationToken
            );
        }
        finally
        {
            turn.Release();
        }
    }
}

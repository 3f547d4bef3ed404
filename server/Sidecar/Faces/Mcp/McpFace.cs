using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using ModelContextProtocol.Server;

namespace CodexSidecar.Faces.Mcp;

/// <summary>The way in for programs that use our tools: the Model Context Protocol over two streams, one client for the life of the
/// process.</summary>
internal static class McpFace
{
    /// <summary>Room for calls to end after the client has gone; as much as an editor gives.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(4.5);

    /// <summary>Serves until the client closes its end or the token is cancelled (SIGTERM); then every call is cancelled and ended. Returns
    /// the exit code.</summary>
    /// <param name="settings">Workspace, level and model of every call; a call may lower the level.</param>
    /// <param name="log">Gets one line per unforeseen error; stdout belongs to the protocol.</param>
    public static async Task<int> RunAsync(
        Stream input,
        Stream output,
        SidecarHome home,
        RunSettings settings,
        CancellationToken cancellationToken,
        Action<string>? log = null
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calls = new McpCalls(home, () => settings, TimeProvider.System, log, over.Token);
        var pipe = new McpInput(input);
        var server = McpServer.Create(new StreamServerTransport(pipe, output, McpTools.ServerName), calls.Options());
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(() => told.TrySetResult()))
        {
            await Task.WhenAny(server.RunAsync(CancellationToken.None), pipe.Closed, told.Task);
        }
        await over.CancelAsync();
        await Task.WhenAny(calls.EndedAsync(), Task.Delay(Farewell, CancellationToken.None));
        // The server is not disposed: a read of the console's input cannot be called off, and disposing would wait for it. The process ends
        // anyway.
        return 0;
    }
}

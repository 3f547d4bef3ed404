using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Acp;

/// <summary>The editor's way in: the Agent Client Protocol over two streams, one connection for the life of the process.</summary>
internal static class AcpFace
{
    /// <summary>Room for runs to end after the client has gone: docs/protocol.md promises 5 s.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(4.5);

    /// <summary>Serves until the client closes its end or the token is cancelled (SIGTERM); then every run is cancelled and ended. Returns
    /// the exit code.</summary>
    /// <param name="settings">The user's settings for a workspace; null: the defaults.</param>
    /// <param name="log">Gets one line per unforeseen error; stdout belongs to the protocol.</param>
    public static async Task<int> RunAsync(
        Stream input,
        Stream output,
        SidecarHome home,
        CancellationToken cancellationToken,
        Func<string, RunSettings>? settings = null,
        Action<string>? log = null
    )
    {
        var rpc = new AcpRpc(
            new AcpWire(input, output),
            TimeProvider.System,
            (id, exception) => log?.Invoke($"{id} {exception}"),
            home.Log
        );
        var methods = new AcpMethods(rpc, home, settings ?? (workspace => new RunSettings { Workspace = workspace }), TimeProvider.System);
        methods.Register();
        rpc.StartListening();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(() => told.TrySetResult()))
        {
            await Task.WhenAny(rpc.Completion, told.Task);
        }
        await Task.WhenAny(methods.DisposeAsync().AsTask(), Task.Delay(Farewell, CancellationToken.None));
        // A read of the console's input cannot be called off: when it still waits, disposing would wait with it. The process ends anyway.
        if (!told.Task.IsCompleted)
        {
            rpc.Dispose();
        }
        return 0;
    }
}

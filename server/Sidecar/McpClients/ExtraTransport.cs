using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace CodexSidecar.McpClients;

/// <summary>The SDK's transport over two streams, with the promises that are ours and not the SDK's.</summary>
internal sealed class ExtraTransport : ITransport
{
    /// <summary>What a server asked of us (we offer nothing but a ping) and has not been answered, since it does not read.</summary>
    private const int MostOwed = 64;

    private readonly ITransport inner;
    private readonly Channel<JsonRpcMessage> heard = Channel.CreateUnbounded<JsonRpcMessage>();
    private readonly Task hearing;
    private int owed;

    private ExtraTransport(ITransport inner)
    {
        this.inner = inner;
        hearing = HearAsync();
    }

    public string? SessionId => inner.SessionId;

    public ChannelReader<JsonRpcMessage> MessageReader => heard.Reader;

    public static IClientTransport Over(Stream input, Stream output) => new Way(new StreamClientTransport(input, output));

    /// <summary>
    /// Before the greeting the SDK asks for the protocol of 2026-07-28, where a version is not insisted on. Servers of the protocols that
    /// greet need not answer that, and some end at once (all that are made with rmcp), so it is answered here, and each is greeted.
    /// </summary>
    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        if (message is JsonRpcRequest { Method: RequestMethods.ServerDiscover } probe)
        {
            var no = new JsonRpcErrorDetail { Code = (int)McpErrorCode.MethodNotFound, Message = "not asked" };
            heard.Writer.TryWrite(new JsonRpcError { Id = probe.Id, Error = no });
            return;
        }
        try
        {
            // Always whole. The SDK stops at a cancel between a message and its line end, which spoils the next message, and tells the
            // server of no call that was cancelled while it was sent.
            await inner.SendMessageAsync(message, CancellationToken.None);
        }
        finally
        {
            if (message is JsonRpcResponse or JsonRpcError)
            {
                Interlocked.Decrement(ref owed);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await hearing;
    }

    /// <summary>
    /// The SDK keeps each request until its answer is sent: a server that asks and asks and never reads would fill our memory.
    /// </summary>
    private async Task HearAsync()
    {
        try
        {
            await foreach (var message in inner.MessageReader.ReadAllAsync())
            {
                if (message is not JsonRpcRequest || Interlocked.Increment(ref owed) <= MostOwed)
                {
                    heard.Writer.TryWrite(message);
                }
                else
                {
                    Interlocked.Decrement(ref owed);
                }
            }
        }
        catch (IOException)
        {
            // It cannot be read any more: as good as ended.
        }
        finally
        {
            heard.Writer.TryComplete();
        }
    }

    private sealed class Way(IClientTransport inner) : IClientTransport
    {
        public string Name => inner.Name;

        public async Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) =>
            new ExtraTransport(await inner.ConnectAsync(cancellationToken));
    }
}

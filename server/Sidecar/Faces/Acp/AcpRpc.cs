using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using CodexSidecar.Engine.State;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace CodexSidecar.Faces.Acp;

/// <summary>
/// StreamJsonRpc with ACP's manners: nothing before initialize, errors that tell no internals, <c>$/cancel_request</c>, questions that
/// nobody can leave open,
/// and messages that follow right behind a response.
/// </summary>
internal sealed class AcpRpc : JsonRpc
{
    private readonly TimeProvider time;
    private readonly Action<string, Exception> unforeseen;
    private readonly ProgramLog log;
    private bool initialized;

    /// <param name="unforeseen">Gets the id that goes to the client and what really happened.</param>
    public AcpRpc(AcpWire wire, TimeProvider time, Action<string, Exception> unforeseen, ProgramLog log)
        : base(wire)
    {
        (this.time, this.unforeseen, this.log) = (time, unforeseen, log);
        CancelLocallyInvokedMethodsWhenConnectionIsClosed = true;
        var cancellation = new AcpCancellation(this);
        CancellationStrategy = cancellation;
        OnNotification<CancelRequestParams>("$/cancel_request", request => cancellation.Cancel(request.RequestId));
    }

    /// <summary>How long a question that was cancelled waits for the client's own word about it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public void OnRequest<TParams, TResult>(string method, Func<TParams, CancellationToken, Task<TResult>> handler) => Add(method, handler);

    public void OnNotification<TParams>(string method, Action<TParams> handler) => Add(method, handler);

    /// <summary>Sends a notification and waits until it is written, so that a slow reader slows only what it reads.</summary>
    public ValueTask TellAsync(string method, object parameters) =>
        SendAsync(new JsonRpcRequest { Method = method, Arguments = parameters }, CancellationToken.None);

    /// <summary>Asks the client. Null stands for every answer that is none: an error, rubbish, a lost connection, silence after a
    /// cancel.</summary>
    public async Task<TResult?> AskAsync<TResult>(string method, object parameters, CancellationToken cancellationToken)
        where TResult : class
    {
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var _ = cancellationToken.Register(() => patience.CancelAfter(Patience));
        try
        {
            return await InvokeCoreAsync<TResult>(CreateNewRequestId(), method, [parameters], cancellationToken, isParameterObject: true)
                .WaitAsync(patience.Token);
        }
        catch (Exception exception)
            when (exception is RemoteRpcException or JsonException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return null;
        }
    }

    protected override ValueTask<JsonRpcMessage> DispatchRequestAsync(
        JsonRpcRequest request,
        TargetMethod targetMethod,
        CancellationToken cancellationToken
    )
    {
        // Not even ILogger is named here: it is not loaded on the way to the first answer.
        return log.TellsCalls
            ? AcpLines.TellAsync(log, request, () => DispatchAsync(request, targetMethod, cancellationToken), time)
            : DispatchAsync(request, targetMethod, cancellationToken);
    }

    private ValueTask<JsonRpcMessage> DispatchAsync(JsonRpcRequest request, TargetMethod targetMethod, CancellationToken cancellationToken)
    {
        var method = request.Method!;
        if (method == "initialize")
        {
            if (initialized)
            {
                throw new AcpError(AcpError.InvalidRequest, "already_initialized");
            }
            initialized = true;
        }
        else if (!initialized && !method.StartsWith("$/", StringComparison.Ordinal))
        {
            throw new AcpError(AcpError.InvalidRequest, "not_initialized");
        }
        return base.DispatchRequestAsync(request, targetMethod, cancellationToken);
    }

    protected override JsonRpcError.ErrorDetail CreateErrorDetails(JsonRpcRequest request, Exception exception)
    {
        while (exception is AggregateException or TargetInvocationException && exception.InnerException is { } inner)
        {
            exception = inner;
        }
        var (code, data) = exception switch
        {
            AcpError error => (error.Code, new ErrorData(error.Kind, error.ParamPath)),
            JsonException json => (AcpError.InvalidParams, new ErrorData("params", json.Path)),
            OperationCanceledException => (AcpError.Cancelled, null),
            _ => (AcpError.Internal, Unforeseen(exception)),
        };
        return new() { Code = (JsonRpcErrorCode)code, Data = data };
    }

    protected override ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        if (message is JsonRpcError { Error: { } error })
        {
            Scrub(error);
        }
        if (log.TellsCalls && message is JsonRpcRequest request)
        {
            AcpLines.TellSent(log, request);
        }
        return base.SendAsync(message, cancellationToken);
    }

    protected override void OnResponseSent(JsonRpcMessage response)
    {
        base.OnResponseSent(response);
        if (response is JsonRpcResult { Result: IFollowed { AfterSent: { } next } })
        {
            _ = next();
        }
    }

    // The library's own texts print our signatures; the data it adds names our types.
    private void Scrub(JsonRpcError.ErrorDetail error)
    {
        if (error.Code == JsonRpcErrorCode.MethodNotFound && !initialized)
        {
            (error.Code, error.Data) = ((JsonRpcErrorCode)AcpError.InvalidRequest, new ErrorData("not_initialized"));
        }
        if (error.Data is not (null or ErrorData))
        {
            error.Data = null;
        }
        error.Message = AcpError.MessageOf((int)error.Code);
    }

    private ErrorData Unforeseen(Exception exception)
    {
        var id = "e_" + Guid.NewGuid().ToString("N")[..12];
        unforeseen(id, exception);
        return new(ErrorId: id);
    }

    private void Add(string method, Delegate handler) =>
        AddLocalRpcMethod(
            handler.Method,
            handler.Target,
            new JsonRpcMethodAttribute(method) { UseSingleObjectParameterDeserialization = true }
        );

    /// <summary>ACP's way to cancel one request, in both directions.</summary>
    private sealed class AcpCancellation(AcpRpc rpc) : ICancellationStrategy
    {
        private readonly ConcurrentDictionary<RequestId, CancellationTokenSource> incoming = new();

        public void Cancel(RequestId requestId)
        {
            if (incoming.TryGetValue(requestId, out var source))
            {
                source.Cancel();
            }
        }

        public void CancelOutboundRequest(RequestId requestId) => _ = rpc.TellAsync("$/cancel_request", new CancelRequestParams(requestId));

        public void OutboundRequestEnded(RequestId requestId) { }

        public void IncomingRequestStarted(RequestId requestId, CancellationTokenSource cancellationTokenSource) =>
            incoming[requestId] = cancellationTokenSource;

        public void IncomingRequestEnded(RequestId requestId) => incoming.TryRemove(requestId, out _);
    }
}

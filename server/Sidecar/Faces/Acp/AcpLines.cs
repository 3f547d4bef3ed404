using CodexSidecar.Engine.State;
using Microsoft.Extensions.Logging;
using StreamJsonRpc.Protocol;

namespace CodexSidecar.Faces.Acp;

/// <summary>What the log tells of the protocol: methods, never what is in them. Not loaded before somebody wants to know.</summary>
internal static partial class AcpLines
{
    public static async ValueTask<JsonRpcMessage> TellAsync(
        ProgramLog to,
        JsonRpcRequest request,
        Func<ValueTask<JsonRpcMessage>> answer,
        TimeProvider time
    )
    {
        var log = to.Lines;
        var (method, started) = (request.Method ?? "", time.GetTimestamp());
        if (!request.IsResponseExpected)
        {
            Heard(log, method);
            return await answer();
        }
        var id = request.RequestId.ToString();
        Asked(log, method, id);
        // What is thrown becomes an error of the protocol further up.
        var code = "error";
        try
        {
            var answered = await answer();
            code = answered is JsonRpcError { Error: { } refused } ? $"error {(int)refused.Code}" : "ok";
            return answered;
        }
        finally
        {
            Answered(log, method, id, code, (long)time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    public static void TellSent(ProgramLog to, JsonRpcRequest request)
    {
        var log = to.Lines;
        if (request.IsResponseExpected)
        {
            Asking(log, request.Method ?? "", request.RequestId.ToString());
        }
        else
        {
            Telling(log, request.Method ?? "");
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "ACP > {Method} {Id}")]
    private static partial void Asked(ILogger log, string method, string id);

    [LoggerMessage(Level = LogLevel.Debug, Message = "ACP > {Method}")]
    private static partial void Heard(ILogger log, string method);

    [LoggerMessage(Level = LogLevel.Debug, Message = "ACP < answer to {Method} {Id}: {Code}, {Milliseconds} ms")]
    private static partial void Answered(ILogger log, string method, string id, string code, long milliseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "ACP < {Method} {Id}")]
    private static partial void Asking(ILogger log, string method, string id);

    /// <remarks>Each piece of text a model says is one.</remarks>
    [LoggerMessage(Level = LogLevel.Trace, Message = "ACP < {Method}")]
    private static partial void Telling(ILogger log, string method);
}

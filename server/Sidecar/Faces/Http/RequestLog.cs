using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Faces.Http;

/// <summary>What the log tells of every request: where it went and how it ended; no header, no query, no body.</summary>
internal sealed partial class RequestLog(ILogger log, TimeProvider time)
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (!log.IsEnabled(LogLevel.Debug))
        {
            await next(context);
            return;
        }
        var (id, method, path) = (context.TraceIdentifier, context.Request.Method, context.Request.Path.ToUriComponent());
        var started = time.GetTimestamp();
        Began(log, id, method, path);
        try
        {
            await next(context);
        }
        finally
        {
            var left = context.RequestAborted.IsCancellationRequested ? ", cut off" : "";
            Ended(log, id, method, path, context.Response.StatusCode, (long)time.GetElapsedTime(started).TotalMilliseconds, left);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "HTTP {Id} > {Method} {Path}")]
    private static partial void Began(ILogger log, string id, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "HTTP {Id} < {Method} {Path}: {Status}, {Milliseconds} ms{Left}")]
    private static partial void Ended(ILogger log, string id, string method, string path, int status, long milliseconds, string left);
}

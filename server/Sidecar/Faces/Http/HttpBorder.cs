using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace CodexSidecar.Faces.Http;

/// <summary>The border of every request: whatever goes wrong becomes one JSON error; our own faults go to the log, an id to the
/// client.</summary>
internal sealed class HttpBorder(Func<string, string> log)
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        HttpError error;
        try
        {
            await next(context);
            if (context.Response.HasStarted || context.Response.StatusCode < 400)
            {
                return;
            }
            error =
                context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                    ? new(405, "method_not_allowed", $"{context.Request.Path} does not take {context.Request.Method}.")
                    : new(
                        404,
                        "not_found",
                        $"There is no {context.Request.Method} {context.Request.Path} here. GET /openapi.json lists the tools; the "
                            + $"models are under /v1."
                    );
        }
        catch (HttpError refused)
        {
            error = refused;
        }
        catch (BadHttpRequestException broken)
        {
            error =
                broken.StatusCode == 413
                    ? HttpGuards.TooLarge
                    : new(400, "bad_request", "The request could not be read: it ended early or came too slowly.");
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to be told
        }
        catch (Exception fault)
        {
            error = Fault(fault, context.Request.Path);
        }
        if (context.Response.HasStarted)
        {
            // What came so far must not look like the whole.
            context.Abort();
            return;
        }
        await HttpError.WriteAsync(context.Response, error);
    }

    /// <summary>Chat clients repeat a request that ends with a 5xx, ten times and more: there it is a 400.</summary>
    private HttpError Fault(Exception fault, PathString path)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        log($"{id} {fault}");
        return new(
            path.StartsWithSegments("/v1", StringComparison.Ordinal) ? 400 : 500,
            "failed",
            $"Something went wrong inside Codex Sidecar (error {id}). It is in the log of the state folder; please report it with the id."
        );
    }
}

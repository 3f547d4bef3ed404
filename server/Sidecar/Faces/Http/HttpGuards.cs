using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CodexSidecar.Faces.Http;

/// <summary>What every request has to pass, in this order: Host, Origin, token, content type and size, workspace (docs/endpoint.md, "Who
/// may use it").</summary>
internal sealed class HttpGuards(HttpOrder order)
{
    public const int MostBodyBytes = 4 << 20;
    public const string WorkspaceHeader = "X-Codex-Sidecar-Workspace";

    private readonly byte[] token = Encoding.UTF8.GetBytes(order.Token.Value);
    private readonly string root = Linkless(order.Settings.Workspace);

    /// <summary>Known once the server listens.</summary>
    public int Port { get; set; }

    public static HttpError TooLarge => new(413, "too_large", $"The request is larger than {MostBodyBytes >> 20} MiB.");

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        Check(context.Request);
        await next(context);
    }

    /// <exception cref="HttpError">The request is refused.</exception>
    public void Check(HttpRequest request)
    {
        // A web page that lets its own name point to 127.0.0.1 still sends that name.
        if (request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]") || (request.Host.Port ?? 80) != Port)
        {
            throw new HttpError(400, "wrong_host", $"This server answers to 127.0.0.1:{Port} and localhost:{Port} only.");
        }
        if (request.Headers.ContainsKey(HeaderNames.Origin))
        {
            throw new HttpError(403, "browser_refused", "Requests of web pages are not answered. Use a program on this machine.");
        }
        if (request.Path == "/health" && HttpMethods.IsGet(request.Method))
        {
            return;
        }
        CheckToken(request);
        if (HttpMethods.IsPost(request.Method))
        {
            CheckBody(request);
        }
        CheckWorkspace(request);
    }

    private void CheckToken(HttpRequest request)
    {
        var bearer = request.Headers.Authorization.ToString();
        var given =
            bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && bearer[7..].Trim() is { Length: > 0 } value
                ? value
                : request.Headers["api-key"].ToString();
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(token)))
        {
            var place = order.Token.File is null
                ? "the variable CODEX_SIDECAR_HTTP_TOKEN of the server"
                : "the file that \"codex-sidecar serve\" named when it started (tokenFile)";
            throw new HttpError(
                401,
                "invalid_api_key",
                $"{(given.Length == 0 ? "The token is missing" : "The token is wrong")}. Put it into the client's API key; it is "
                    + $"in {place}."
            );
        }
    }

    private static void CheckBody(HttpRequest request)
    {
        var hasBody = request.ContentLength > 0 || request.Headers.ContainsKey(HeaderNames.TransferEncoding);
        if (
            hasBody
            && !(
                MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            throw new HttpError(415, "not_json", "The request has to be JSON: Content-Type: application/json.");
        }
        if (request.ContentLength > MostBodyBytes)
        {
            throw TooLarge;
        }
    }

    private void CheckWorkspace(HttpRequest request)
    {
        if (
            request.Headers[WorkspaceHeader].ToString() is not { Length: > 0 } named
            || (Path.IsPathFullyQualified(named) && Linkless(named) == root)
        )
        {
            return;
        }
        throw new HttpError(
            400,
            "workspace_mismatch",
            $"The client means the workspace \"{Path.GetFileName(named.TrimEnd('/', '\\'))}\", this server works in "
                + $"\"{Path.GetFileName(root)}\". Start one server for each workspace, on a port of its own."
        );
    }

    private static string Linkless(string folder) => Engine.Entrances.WorkspaceName.Real(folder);
}

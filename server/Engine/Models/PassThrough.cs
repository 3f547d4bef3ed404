using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexSidecar.Engine.Models;

/// <summary>Hands a client's request on to the user's own server as it is, except for the model's name and the key.</summary>
internal sealed class PassThrough(ModelSettings settings, TimeProvider time)
{
    /// <summary>Longer than a local model needs to read a file; the client's own limit comes first.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(10);

    /// <param name="path">Below the server's base, such as <c>completions</c>.</param>
    /// <returns>The answer with its body unread, or null: the server has no such path.</returns>
    /// <exception cref="ModelException">There is no server, or it cannot be reached.</exception>
    public async Task<(HttpResponseMessage Answer, HttpClient Client)?> SendAsync(
        string path,
        JsonElement body,
        CancellationToken cancellationToken
    )
    {
        var search = await new EndpointFinder(settings, time).FindAsync(cancellationToken);
        var endpoint = search.Found ?? throw search.Problem!;
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !endpoint.BaseUrl.IsLoopback,
        };
        var client = new HttpClient(sockets) { Timeout = MostPatience };
        try
        {
            var sent = JsonObject.Create(body)!;
            sent["model"] = endpoint.Model;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{endpoint.Address}/{path}")
            {
                Content = new StringContent(sent.ToJsonString(), new MediaTypeHeaderValue("application/json")),
            };
            request.Headers.Authorization = new("Bearer", endpoint.Key);
            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)answer.StatusCode is not (404 or 405 or 501))
            {
                return (answer, client);
            }
            client.Dispose();
            return null;
        }
        catch (HttpRequestException gone)
        {
            client.Dispose();
            throw new ModelException(
                ModelFault.Unreachable,
                $"{endpoint.Address} did not answer: {gone.Message}. Look at the server's log."
            );
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

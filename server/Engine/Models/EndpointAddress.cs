namespace CodexSidecar.Engine.Models;

/// <summary>The ways in which people write a server's address, made one.</summary>
internal static class EndpointAddress
{
    private static readonly string[] Tails = ["/chat/completions", "/completions", "/models"];

    /// <returns>The base, such as <c>http://127.0.0.1:8080/v1</c>, without user, query and fragment; null: no address.</returns>
    public static Uri? Normalise(string text)
    {
        text = text.Trim();
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            text = "http://" + text;
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            return null;
        }
        var path = url.AbsolutePath.TrimEnd('/');
        foreach (var tail in Tails)
        {
            path = path.EndsWith(tail, StringComparison.OrdinalIgnoreCase) ? path[..^tail.Length].TrimEnd('/') : path;
        }
        // Where a server listens, not where it can be reached.
        var host =
            url.Host is "0.0.0.0" ? "127.0.0.1"
            : url.Host is "[::]" ? "[::1]"
            : url.Host;
        return new UriBuilder(url.Scheme, host, url.Port, path.Length == 0 ? "/v1" : path).Uri;
    }

    /// <summary>Where the families' own addresses begin: the base without <c>/v1</c>.</summary>
    public static string Root(Uri baseUrl)
    {
        var text = baseUrl.AbsoluteUri.TrimEnd('/');
        return text.EndsWith("/v1", StringComparison.Ordinal) ? text[..^3] : text;
    }
}

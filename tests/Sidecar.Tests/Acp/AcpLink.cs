using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Acp;
using Nerdbank.Streams;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Acp;

/// <summary>The client's end of an in-process connection to the face: raw lines, so that a test sees exactly what is on the wire.</summary>
internal sealed class AcpLink : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly StreamReader reader;
    private readonly CancellationTokenSource killed = new();
    private long lastId;

    public AcpLink(SidecarHome? home = null, Func<string, RunSettings>? settings = null)
    {
        var (client, server) = FullDuplexStream.CreatePair();
        stream = client;
        reader = new StreamReader(client, new UTF8Encoding(false, throwOnInvalidBytes: true));
        Face = AcpFace.RunAsync(
            server,
            server,
            home ?? new SidecarHome("/nowhere/state", "/nowhere/cache", "/nowhere/config"),
            killed.Token,
            settings
        );
    }

    /// <summary>The face's exit code, once it has ended.</summary>
    public Task<int> Face { get; }

    /// <summary>Every line the face wrote, in order.</summary>
    public List<JsonElement> Lines { get; } = [];

    public Task SendAsync(string line) => SendBytesAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The next line; an exception at the end of the stream.</summary>
    public async Task<JsonElement> ReadAsync()
    {
        var text = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException();
        Assert.DoesNotContain('\r', text);
        using var document = JsonDocument.Parse(text);
        var line = document.RootElement.Clone();
        Assert.Equal("2.0", line.GetProperty("jsonrpc").GetString());
        Lines.Add(line);
        return line;
    }

    /// <summary>Sends a request and reads until its response; what comes in between stays in <see cref="Lines"/>.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters = "{}")
    {
        var id = ++lastId;
        await SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        while (true)
        {
            var line = await ReadAsync();
            if (!line.TryGetProperty("method", out _) && line.GetProperty("id").GetRawText() == id.ToString())
            {
                return line;
            }
        }
    }

    public Task<JsonElement> InitializeAsync(string capabilities = "{}") =>
        CallAsync("initialize", $$"""{"protocolVersion":1,"clientCapabilities":{{capabilities}}}""");

    /// <summary>Closes the client's end, as an editor that went away does.</summary>
    public void Close() => stream.Dispose();

    public async ValueTask DisposeAsync()
    {
        stream.Dispose();
        await Face.WaitAsync(TimeSpan.FromSeconds(10));
        killed.Dispose();
    }
}

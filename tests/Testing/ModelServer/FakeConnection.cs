using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>One connection of HTTP/1.1 with one request on it, by hand, so that it can be broken anywhere.</summary>
internal sealed class FakeConnection(Socket socket) : IDisposable
{
    private readonly NetworkStream stream = new(socket, ownsSocket: true);
    private long bodySent;

    /// <summary>Body bytes after which the connection is torn.</summary>
    public long? CutAfter { get; set; }

    /// <returns>Null: closed without a request.</returns>
    public async Task<FakeRequest?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not { Length: > 0 } first)
        {
            return null;
        }
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            headers[line[..line.IndexOf(':')].ToLowerInvariant()] = line[(line.IndexOf(':') + 1)..].Trim();
        }
        var words = first.Split(' ');
        return new(words[0], words[1], headers, Encoding.UTF8.GetString(await ReadBodyAsync(headers, cancellationToken)));
    }

    /// <summary>Completes the request's <see cref="FakeRequest.Left"/>; nothing more is expected on this connection.</summary>
    public async Task WatchAsync(FakeRequest request, Action left, CancellationToken cancellationToken)
    {
        try
        {
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException) { }
        request.ClientLeft();
        left();
    }

    public Task StartAsync(int status, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Status\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }
        return stream.WriteAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), cancellationToken).AsTask();
    }

    /// <summary>One chunk. Where the connection is to be torn, the chunk promises more than it brings.</summary>
    /// <returns>False: torn.</returns>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var room = Math.Min(bytes.Length, (CutAfter ?? long.MaxValue) - bodySent);
        bodySent += room;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), cancellationToken);
        await stream.WriteAsync(bytes[..(int)room], cancellationToken);
        if (bodySent == CutAfter)
        {
            return false;
        }
        await stream.WriteAsync("\r\n"u8.ToArray(), cancellationToken);
        return true;
    }

    public Task EndAsync(CancellationToken cancellationToken) => stream.WriteAsync("0\r\n\r\n"u8.ToArray(), cancellationToken).AsTask();

    public void Dispose() => stream.Dispose();

    private async Task<byte[]> ReadBodyAsync(Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (!headers.GetValueOrDefault("transfer-encoding", "").Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadExactlyAsync(
                int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture),
                cancellationToken
            );
        }
        var body = new List<byte>();
        for (
            int size;
            (size = int.Parse((await ReadLineAsync(cancellationToken))!, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) > 0;

        )
        {
            body.AddRange(await ReadExactlyAsync(size, cancellationToken));
            await ReadLineAsync(cancellationToken);
        }
        await ReadLineAsync(cancellationToken);
        return [.. body];
    }

    private async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }
            line.Add(one[0]);
        }
        return null;
    }
}

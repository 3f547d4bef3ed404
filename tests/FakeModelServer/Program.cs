using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexSidecar.Testing.ModelServer;

// A scripted model server for people, cassettes and benchmarks. Prints its base URL as one line and serves until it is told to end.
// With --many it is as many of them as it is asked for on stdin, so that tests need one process: a line {"script":FILE,"log":FILE} is
// answered with a base URL, a line {"stop":URL} with "stopped"; it ends with its input.
if (args is ["--many"])
{
    return await Many.ServeAsync(Console.In, Console.Out);
}
string? script = null,
    log = null;
var port = 0;
for (var i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--script":
            script = args[i + 1];
            break;
        case "--log":
            log = args[i + 1];
            break;
        case "--port":
            port = int.Parse(args[i + 1]);
            break;
        default:
            script = null;
            i = args.Length;
            break;
    }
}
if (script is null)
{
    Console.Error.WriteLine("Usage: --script FILE [--port N] [--log FILE], or --many. The script's format is in FakeScript.cs.");
    return 2;
}

await using var one = Scripted.Start(script, port, log);
using var ended = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) =>
{
    signal.Cancel = true;
    ended.Cancel();
};
AppDomain.CurrentDomain.ProcessExit += (_, _) => ended.Cancel();
Console.WriteLine(one.Server.BaseUrl);
try
{
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended.Token);
}
catch (OperationCanceledException) { }
return 0;

/// <summary>A server with its log.</summary>
internal sealed record Scripted(FakeModelServer Server, StreamWriter? Log) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Scripted Start(string script, int port, string? log)
    {
        var writer = log is null ? null : new StreamWriter(log, append: true, new UTF8Encoding(false)) { AutoFlush = true };
        // Called under the server's lock, so lines do not mix.
        return new(
            new FakeModelServer(FakeScript.Parse(File.ReadAllText(script)), port)
            {
                OnRequest = request => writer?.WriteLine(Line(request)),
            },
            writer
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Log?.Dispose();
    }

    private static string Line(FakeRequest request) =>
        new JsonObject
        {
            ["at"] = DateTimeOffset.UtcNow.ToString("O"),
            ["method"] = request.Method,
            ["path"] = request.Path,
            ["headers"] = new JsonObject(
                request.Headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key, header.Value))
            ),
            ["body"] = request.Json?.DeepClone() ?? JsonValue.Create(request.Body),
        }.ToJsonString(Readable);
}

internal static class Many
{
    public static async Task<int> ServeAsync(TextReader asked, TextWriter told)
    {
        var servers = new Dictionary<string, Scripted>();
        while (await asked.ReadLineAsync() is { } line)
        {
            var wish = JsonNode.Parse(line)!;
            if (wish["stop"] is { } stop)
            {
                if (servers.Remove(stop.GetValue<string>(), out var one))
                {
                    await one.DisposeAsync();
                }
                await told.WriteLineAsync("stopped");
            }
            else
            {
                var started = Scripted.Start(wish["script"]!.GetValue<string>(), 0, wish["log"]?.GetValue<string>());
                servers.Add(started.Server.BaseUrl, started);
                await told.WriteLineAsync(started.Server.BaseUrl);
            }
        }
        return 0;
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexSidecar.Testing.ModelServer;

// A scripted model server for people, cassettes and benchmarks. Prints its base URL as one line and serves until it is told to end.
string? script = null, log = null;
var port = 0;
for (var i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--script": script = args[i + 1]; break;
        case "--log": log = args[i + 1]; break;
        case "--port": port = int.Parse(args[i + 1]); break;
        default: script = null; i = args.Length; break;
    }
}
if (script is null)
{
    Console.Error.WriteLine("Usage: --script FILE [--port N] [--log FILE]. The script's format is in FakeScript.cs.");
    return 2;
}

using var logged = log is null ? null : new StreamWriter(log, append: true, new UTF8Encoding(false)) { AutoFlush = true };
await using var server = new FakeModelServer(FakeScript.Parse(File.ReadAllText(script)), port) { OnRequest = Log };
using var ended = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) => { signal.Cancel = true; ended.Cancel(); };
AppDomain.CurrentDomain.ProcessExit += (_, _) => ended.Cancel();
Console.WriteLine(server.BaseUrl);
try
{
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended.Token);
}
catch (OperationCanceledException)
{
}
return 0;

// Called under the server's lock, so lines do not mix.
void Log(FakeRequest request) => logged?.WriteLine(new JsonObject
{
    ["at"] = DateTimeOffset.UtcNow.ToString("O"),
    ["method"] = request.Method,
    ["path"] = request.Path,
    ["headers"] = new JsonObject(request.Headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key, header.Value))),
    ["body"] = request.Json?.DeepClone() ?? JsonValue.Create(request.Body),
}.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

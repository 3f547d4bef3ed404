using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>A real model server on loopback that follows a script; see <see cref="FakeScript"/>.</summary>
internal sealed class FakeModelServer : IAsyncDisposable
{
    private readonly Lock guard = new();
    private readonly List<FakeRequest> requests = [];
    private readonly HashSet<FakeRequest> answering = [];
    private readonly List<(int Count, TaskCompletionSource Done)> awaited = [];
    private readonly Dictionary<FakeRule, int> used = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, Gate> gates = new();
    private readonly ConcurrentDictionary<Task, bool> open = new();
    private readonly CancellationTokenSource closing = new();
    private readonly FakeScript script;
    private readonly FakeModel model;
    private TcpListener listener;
    private Task accepting;

    public FakeModelServer(FakeScript script, int port = 0)
    {
        this.script = script;
        model = new(script);
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    public int Port { get; }
    public string BaseUrl => $"http://127.0.0.1:{Port}/v1";

    /// <summary>Called for each request, from any thread.</summary>
    public Action<FakeRequest>? OnRequest { get; init; }

    public IReadOnlyList<FakeRequest> Requests
    {
        get
        {
            lock (guard)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>Those to the model, without the questions about the server.</summary>
    public IReadOnlyList<FakeRequest> Chats => [.. Requests.Where(IsChat)];

    /// <summary>Waits until so many requests to the model have come in.</summary>
    public Task ReceivedChatsAsync(int count)
    {
        lock (guard)
        {
            if (requests.Count(IsChat) >= count)
            {
                return Task.CompletedTask;
            }
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited.Add((count, done));
            return done.Task;
        }
    }

    /// <summary>Lets everything pass that waits, or will wait, at this gate.</summary>
    public void Open(string gate) => Named(gate).Opened.TrySetResult();

    /// <summary>Waits until a reply stands before the gate; all chunks before it have been sent.</summary>
    public Task ReachedAsync(string gate) => Named(gate).Reached.Task;

    /// <summary>From now on connections are refused.</summary>
    public async Task StopListeningAsync()
    {
        listener.Stop();
        await accepting;
    }

    public void ListenAgain()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await StopListeningAsync();
        await Task.WhenAll(open.Keys);
        closing.Dispose();
    }

    private static bool IsChat(FakeRequest request) => request.Path.EndsWith("/chat/completions", StringComparison.Ordinal);

    private Gate Named(string gate) => gates.GetOrAdd(gate, _ => new Gate());

    private async Task AcceptAsync(TcpListener from)
    {
        while (true)
        {
            try
            {
                var serving = ServeAsync(await from.AcceptSocketAsync());
                open[serving] = true;
                _ = serving.ContinueWith(done => open.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new FakeConnection(socket);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
        try
        {
            if (await connection.ReadAsync(leaving.Token) is not { } request)
            {
                return;
            }
            var reply = model.Answer(request, script.Quirk(request, Choose(request)));
            var watching = connection.WatchAsync(request, leaving.Cancel, closing.Token);
            try
            {
                await AnswerAsync(connection, request, reply, leaving.Token);
            }
            finally
            {
                Answered(request);
            }
            connection.Dispose();
            await watching;
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException) { }
    }

    private FakeReply Choose(FakeRequest request)
    {
        lock (guard)
        {
            requests.Add(request);
            request.Beside = answering.Count;
            var refusal = IsChat(request) ? model.Refusal(request, answering) : null;
            if (IsChat(request))
            {
                answering.Add(request);
            }
            OnRequest?.Invoke(request);
            awaited.RemoveAll(one => one.Count <= requests.Count(IsChat) && one.Done.TrySetResult());
            if (refusal is not null)
            {
                return refusal;
            }
            var nth = requests.Count(other => other.Path == request.Path);
            if (
                script.Rules.FirstOrDefault(rule =>
                    rule.Matches(request, nth) && used.GetValueOrDefault(rule) < (rule.Times ?? int.MaxValue)
                ) is
                { } match
            )
            {
                used[match] = used.GetValueOrDefault(match) + 1;
                return match.Reply;
            }
        }
        if (request.Method == "POST" && request.Path.StartsWith("/gates/", StringComparison.Ordinal))
        {
            Open(request.Path["/gates/".Length..]);
            return new FakeReply { Body = "{}" };
        }
        return request.Path == "/v1/models" ? new FakeReply { Body = ModelList() }
            : script.Paths.TryGetValue(request.Target, out var body) || script.Paths.TryGetValue(request.Path, out body) ? Page(body)
            : request.Path == "/v1/chat/completions" ? new FakeReply { Status = 400, Text = "the script has no rule for this request" }
            : new FakeReply { Status = 404, Text = "not found" };
    }

    private static FakeReply Page(JsonElement body) =>
        body.ValueKind == JsonValueKind.String
            ? new()
            {
                Body = body.GetString(),
                Headers = new Dictionary<string, string> { ["Content-Type"] = "text/plain; version=0.0.4" },
            }
            : new() { Body = body.GetRawText() };

    private void Answered(FakeRequest request)
    {
        lock (guard)
        {
            answering.Remove(request);
        }
    }

    private string ModelList() =>
        script.Models.ValueKind == JsonValueKind.Array
            ? new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([
                    .. script
                        .Models.EnumerateArray()
                        .Select(id => new JsonObject
                        {
                            ["id"] = id.GetString(),
                            ["object"] = "model",
                            ["owned_by"] = "fake",
                        }),
                ]),
            }.ToJsonString()
            : script.Models.GetRawText();

    private async Task AnswerAsync(FakeConnection connection, FakeRequest request, FakeReply reply, CancellationToken cancellationToken)
    {
        connection.CutAfter = reply.CutAfter;
        await PassAsync(-1);
        var headers = new Dictionary<string, string>(reply.Headers, StringComparer.OrdinalIgnoreCase);
        headers.TryAdd("Content-Type", FakeAnswer.ContentType(reply, request));
        await connection.StartAsync(reply.Status, headers, cancellationToken);
        var number = 0;
        using var chunks = FakeAnswer.Chunks(reply, request).GetEnumerator();
        for (var more = chunks.MoveNext(); more; )
        {
            var chunk = chunks.Current;
            more = chunks.MoveNext();
            await PassAsync(number++);
            // Whoever has read the last chunk may ask again at once.
            if (!more)
            {
                Answered(request);
            }
            if (!await connection.SendAsync(chunk, cancellationToken))
            {
                return;
            }
        }
        await PassAsync(number);
        if (reply.Hang)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        await connection.EndAsync(cancellationToken);

        async Task PassAsync(int chunk)
        {
            if (!reply.Gates.TryGetValue(chunk, out var name))
            {
                return;
            }
            Named(name).Reached.TrySetResult();
            await Named(name).Opened.Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class Gate
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

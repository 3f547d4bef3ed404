using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;

namespace CodexSidecar.Engine.Sessions;

/// <summary>
/// The events of one run: <c>events.jsonl</c> on disk is the truth, and every reader tails that file. So a live view and a replay are
/// the same code, and memory stays flat however long a run is. Streamed pieces of text are merged to about thirty a second.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private static readonly TimeSpan MergeFor = TimeSpan.FromMilliseconds(33);
    private readonly Lock gate = new();
    private readonly FileStream stream;
    private readonly string file;
    private readonly TimeProvider time;
    private readonly ITimer flush;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder pendingText = new();
    private RunEvent? pending;
    private bool closed;

    /// <param name="after">The last sequence number of the session before this run.</param>
    public EventLog(string file, string runId, long after, TimeProvider time)
    {
        (this.file, RunId, this.time, LastSeq) = (file, runId, time, after);
        stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
        // A kill can leave half a line behind; nobody has read it yet.
        stream.SetLength(AuditTail.EndOfLastLine(stream));
        stream.Seek(0, SeekOrigin.End);
        flush = time.CreateTimer(_ => FlushPending(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string RunId { get; }

    public long LastSeq { get; private set; }

    public void Append(RunEvent happened)
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }
            if (pending is not null && Merges(pending, happened))
            {
                pendingText.Append(TextOf(happened));
                return;
            }
            WritePending();
            if (TextOf(happened) is { } text)
            {
                pending = happened;
                pendingText.Append(text);
                flush.Change(MergeFor, Timeout.InfiniteTimeSpan);
                return;
            }
            Write(happened);
            if (happened is RunFinished)
            {
                stream.Flush(flushToDisk: true);
                closed = true;
            }
        }
    }

    /// <summary>Every event from the first, then the live ones; ends after <see cref="RunFinished"/>.</summary>
    public async IAsyncEnumerable<EventEnvelope> TailAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new LineReader(file);
        while (true)
        {
            var next = changed.Task;
            while (reader.Next() is { } line)
            {
                var envelope = Parse(line);
                yield return envelope;
                if (envelope.Event is RunFinished)
                {
                    yield break;
                }
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>What a file holds; a last line that was cut by a kill is left out.</summary>
    public static IEnumerable<EventEnvelope> Read(string file)
    {
        if (!File.Exists(file))
        {
            yield break;
        }
        using var reader = new LineReader(file);
        while (reader.Next() is { } line)
        {
            yield return Parse(line);
        }
    }

    public void Dispose()
    {
        FlushPending();
        flush.Dispose();
        stream.Dispose();
    }

    private static EventEnvelope Parse(byte[] line) => JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!;

    private void FlushPending()
    {
        lock (gate)
        {
            if (!closed)
            {
                WritePending();
            }
        }
    }

    private void WritePending()
    {
        if (pending is null)
        {
            return;
        }
        var text = pendingText.ToString();
        pendingText.Clear();
        Write(pending switch
        {
            MessageAdded message => message with { Text = text },
            ThoughtAdded thought => thought with { Text = text },
            TestsOutput output => output with { Text = text },
            var other => other,
        });
        pending = null;
    }

    private void Write(RunEvent happened)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new EventEnvelope(LastSeq + 1, time.GetUtcNow(), RunId, happened), ContractJson.Wire.EventEnvelope);
        stream.Write([.. line, (byte)'\n']);
        LastSeq++;
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private static string? TextOf(RunEvent happened) => happened switch
    {
        MessageAdded message => message.Text,
        ThoughtAdded thought => thought.Text,
        TestsOutput output => output.Text,
        _ => null,
    };

    private static bool Merges(RunEvent first, RunEvent second) => (first, second) switch
    {
        (MessageAdded a, MessageAdded b) => a.MessageId == b.MessageId,
        (ThoughtAdded a, ThoughtAdded b) => a.MessageId == b.MessageId,
        (TestsOutput a, TestsOutput b) => a.Attempt == b.Attempt,
        _ => false,
    };

    /// <summary>Reads whole lines of a file that another stream appends to; a line without its end is not there yet.</summary>
    private sealed class LineReader(string file) : IDisposable
    {
        private readonly FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        private byte[] buffer = new byte[16 * 1024];
        private int start;
        private int end;

        public byte[]? Next()
        {
            while (true)
            {
                var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
                if (length >= 0)
                {
                    var line = buffer.AsSpan(start, length).ToArray();
                    start += length + 1;
                    return line;
                }
                Compact();
                var read = stream.Read(buffer.AsSpan(end));
                if (read == 0)
                {
                    return null;
                }
                end += read;
            }
        }

        public void Dispose() => stream.Dispose();

        private void Compact()
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}

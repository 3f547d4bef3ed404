using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.State;

/// <summary>
/// The events of one run: <c>events.jsonl</c> on disk is the truth, and every reader tails that file. So a live view and a replay are
/// the same code, and memory stays flat however long a run is. Streamed pieces of text are merged to about thirty a second.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private static readonly TimeSpan MergeFor = TimeSpan.FromMilliseconds(33),
        TryAgain = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly FileStream stream;
    private readonly string file;
    private readonly TimeProvider time;
    private readonly Action<string>? atStep;
    private readonly ITimer flush;
    private readonly StringBuilder pendingText = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunEvent? pending;
    private EventEnvelope? unwritten;
    private Exception? lost;
    private long end;
    private bool closed;

    /// <param name="after">The last sequence number of the session before this run.</param>
    /// <param name="atStep">Hears of each write before it is made; a test lets it fail there.</param>
    public EventLog(string file, string runId, long after, TimeProvider time, Action<string>? atStep = null, ILogger? log = null)
    {
        (this.file, RunId, this.time, LastSeq, this.atStep) = (file, runId, time, after, atStep);
        stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
        try
        {
            // A kill can leave half a line behind; nobody has read it yet.
            end = AuditTail.EndOfLastLine(stream);
            stream.SetLength(end);
            flush = time.CreateGuardedTimer(
                FlushPending,
                _ => flush!.Change(TryAgain, Timeout.InfiniteTimeSpan),
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan,
                log
            );
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public string RunId { get; }

    public long LastSeq { get; private set; }

    /// <exception cref="IOException">
    /// It could not be written, or something before it that came by itself (<see cref="ComesByItself"/>): those who send such pieces cannot
    /// be told.
    /// </exception>
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
            if (ComesByItself(happened))
            {
                lost = Guarded.Try(() => Take(happened)) ?? lost;
                return;
            }
            if (lost is { } before)
            {
                lost = null;
                throw new IOException($"The log of the run has a gap: {before.Message}", before);
            }
            Take(happened);
        }
    }

    /// <summary>
    /// Writes the one last event. Where that cannot be, all who read are told it from memory, with the reason; nobody waits for more.
    /// </summary>
    /// <returns>The event as it is told.</returns>
    public RunFinished Finish(RunFinished last)
    {
        lock (gate)
        {
            if (closed)
            {
                return last;
            }
            Guarded.Try(WritePending);
            var isWritten = false;
            var fault = Guarded.Try(() =>
            {
                Write(last);
                isWritten = true;
                atStep?.Invoke("flush");
                stream.Flush(flushToDisk: true);
            });
            if (!isWritten)
            {
                last = last with { Message = $"{last.Message} This end could not be written down in {file}: {DiskFault.Describe(fault!)}" };
                unwritten = new(++LastSeq, time.GetUtcNow(), RunId, last);
            }
            Close();
            return last;
        }
    }

    /// <summary>
    /// Every event from the first, then the live ones; ends after <see cref="RunFinished"/>, or when nothing is written here any more.
    /// </summary>
    public async IAsyncEnumerable<EventEnvelope> TailAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new LineReader(file);
        while (true)
        {
            var (next, upTo, isOver, told) = Now();
            while (reader.Next(upTo) is { } line)
            {
                var envelope = Parse(line);
                yield return envelope;
                if (envelope.Event is RunFinished)
                {
                    yield break;
                }
            }
            if (isOver)
            {
                if (told is not null)
                {
                    yield return told;
                }
                yield break;
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
        lock (gate)
        {
            if (!closed)
            {
                // What cannot be written now was lost before: nobody is left who could be told.
                Guarded.Try(WritePending);
                Close();
            }
        }
        flush.Dispose();
        Guarded.Try(stream.Dispose);
    }

    private static EventEnvelope Parse(byte[] line) => JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!;

    private (Task Next, long UpTo, bool IsOver, EventEnvelope? Told) Now()
    {
        lock (gate)
        {
            return (changed.Task, end, closed, unwritten);
        }
    }

    private void Close()
    {
        closed = true;
        changed.TrySetResult();
    }

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

    private void Take(RunEvent happened)
    {
        WritePending();
        if (TextOf(happened) is { } text)
        {
            pending = happened;
            pendingText.Append(text);
            flush.Change(MergeFor, Timeout.InfiniteTimeSpan);
            return;
        }
        Write(happened);
    }

    private void WritePending()
    {
        if (pending is null)
        {
            return;
        }
        var text = pendingText.ToString();
        Write(
            pending switch
            {
                MessageAdded message => message with { Text = text },
                ThoughtAdded thought => thought with { Text = text },
                TestsOutput output => output with { Text = text },
                var other => other,
            }
        );
        pendingText.Clear();
        pending = null;
    }

    private void Write(RunEvent happened)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(
            new EventEnvelope(LastSeq + 1, time.GetUtcNow(), RunId, happened),
            ContractJson.Wire.EventEnvelope
        );
        // Over what a write that failed half-way has left behind; no reader looks beyond the last whole line.
        stream.Position = end;
        atStep?.Invoke($"write {happened.GetType().Name}");
        stream.Write([.. line, (byte)'\n']);
        end = stream.Position;
        LastSeq++;
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>
    /// Comes from a thread that reads a process or a server, or from a timer's; nobody there could do anything about a full disk.
    /// </summary>
    private static bool ComesByItself(RunEvent happened) => happened is ModelProgressed || TextOf(happened) is not null;

    private static string? TextOf(RunEvent happened) =>
        happened switch
        {
            MessageAdded message => message.Text,
            ThoughtAdded thought => thought.Text,
            TestsOutput output => output.Text,
            _ => null,
        };

    private static bool Merges(RunEvent first, RunEvent second) =>
        (first, second) switch
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

        /// <param name="upTo">Where the last whole line ends; what is behind it may still change.</param>
        public byte[]? Next(long upTo = long.MaxValue)
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
                var read = stream.Read(buffer.AsSpan(end, (int)Math.Min(buffer.Length - end, Math.Max(0, upTo - stream.Position))));
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

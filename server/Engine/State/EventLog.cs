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
    private readonly EventPieces pieces = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
    /// It could not be written, or something before it that came by itself (<see cref="EventPieces.ComesByItself"/>): those who send such
    /// pieces cannot be told.
    /// </exception>
    public void Append(RunEvent happened)
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }
            if (pieces.TryAdd(happened))
            {
                return;
            }
            if (EventPieces.ComesByItself(happened))
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
    public IAsyncEnumerable<EventEnvelope> TailAsync(CancellationToken cancellationToken) =>
        EventTail.FollowAsync(file, Now, cancellationToken);

    /// <inheritdoc cref="EventTail.Read"/>
    public static IEnumerable<EventEnvelope> Read(string file) => EventTail.Read(file);

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

    private LogState Now()
    {
        lock (gate)
        {
            return new(changed.Task, end, closed, unwritten);
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
        if (pieces.TryBegin(happened))
        {
            flush.Change(MergeFor, Timeout.InfiniteTimeSpan);
            return;
        }
        Write(happened);
    }

    private void WritePending()
    {
        if (pieces.Whole is { } whole)
        {
            Write(whole);
            pieces.Clear();
        }
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
}

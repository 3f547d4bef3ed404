using System.Runtime.CompilerServices;
using System.Text.Json;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.State;

/// <summary>How far a log has come.</summary>
/// <param name="Changed">Done when there is more.</param>
/// <param name="UpTo">Where its last whole line ends.</param>
/// <param name="Told">The last event, where it could not be written.</param>
internal readonly record struct LogState(Task Changed, long UpTo, bool IsOver, EventEnvelope? Told);

/// <summary>Reads the events of a run from their file: those that are there, and live ones as they come.</summary>
internal static class EventTail
{
    /// <summary>Every event from the first, then the live ones; ends after <see cref="RunFinished"/>, or when the log is over.</summary>
    public static async IAsyncEnumerable<EventEnvelope> FollowAsync(
        string file,
        Func<LogState> now,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var reader = new LineReader(file);
        while (true)
        {
            var (next, upTo, isOver, told) = now();
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

    private static EventEnvelope Parse(byte[] line) => JsonSerializer.Deserialize(line, ContractJson.Wire.EventEnvelope)!;

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

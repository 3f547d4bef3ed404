using System.Runtime.CompilerServices;
using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>The body of a reply, event stream or JSON, to chunks. The last one has an end, always; else the reply is an error.</summary>
internal static class WireReader
{
    /// <summary>In characters of text and reasoning.</summary>
    public const int LongestReply = 4 << 20;

    private const int BrokenAllowed = 3;

    /// <param name="tellsEnd">This server always says why a stream ends: one that ends without a word is broken. Ollama swallows what fails
    /// in the middle of a reply (https://github.com/ollama/ollama/blob/main/middleware/openai.go).</param>
    /// <exception cref="WireException">Lost, stalled, an error object, too long, or not the protocol.</exception>
    public static async IAsyncEnumerable<WireChunk> ReadAsync(
        Stream body,
        ByteWatch watch,
        bool tellsEnd,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var text = new StringBuilder();
        ReplyEnd? end = null;
        string? finish = null;
        var (said, thought, seen) = (false, 0, false);
        var ending = new Ending();
        await foreach (var chunk in MessagesAsync(LinesAsync(body, watch, () => end is not null, cancellationToken), ending))
        {
            if (chunk.Error is { } error)
            {
                throw new WireException(error);
            }
            seen = true;
            text.Append(chunk.Text);
            thought += chunk.Thought.Length;
            if (text.Length + thought > LongestReply)
            {
                throw new WireException(WireFault.TooLong, $"the reply is longer than {LongestReply >> 20} MiB");
            }
            if (!said && text.Length + thought > 0)
            {
                said = true;
                watch.FirstToken();
            }
            end = chunk.End ?? end;
            finish = chunk.Finish ?? finish;
            if (chunk.End is not null)
            {
                watch.Finished();
            }
            yield return chunk.End is null ? chunk : chunk with { End = null };
        }
        if (!seen)
        {
            throw new WireException(WireFault.Lost, "the reply is empty");
        }
        if (tellsEnd && end is null && ending is { IsStream: true, IsDone: false })
        {
            throw new WireException(WireFault.Lost, "the stream ended in the middle of the reply, without a word about why");
        }
        // An end without a word about it: believed only if nothing is obviously missing.
        yield return new() { End = end ?? (FenceLines.EndsOpen(text.ToString()) ? ReplyEnd.Length : ReplyEnd.Stop), Finish = finish };
    }

    private static async IAsyncEnumerable<WireChunk> MessagesAsync(IAsyncEnumerable<string> lines, Ending ending)
    {
        var plain = new StringBuilder();
        var (broken, error, events) = (0, false, false);
        await foreach (var line in lines)
        {
            if (line.StartsWith("event:", StringComparison.Ordinal))
            {
                error = line.AsSpan(6).Trim() is "error";
                events = true;
            }
            else if (!events && !IsField(line))
            {
                if (plain.Append(line).Append('\n').Length > LongestReply * 2)
                {
                    throw new WireException(WireFault.TooLong, $"the reply is longer than {LongestReply >> 20} MiB");
                }
            }
            else if (line.StartsWith("error:", StringComparison.Ordinal))
            {
                // llama-server until 2025.
                throw new WireException(WireError.Read(line[6..].Trim()));
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                events = ending.IsStream = true;
                var data = line[5..].Trim();
                if (data == "[DONE]")
                {
                    ending.IsDone = true;
                    yield break;
                }
                var chunk = WireChunk.Read(data);
                if (error)
                {
                    throw new WireException(WireError.Read(data));
                }
                if (chunk is not null)
                {
                    yield return chunk;
                }
                else if (data.Length > 0 && ++broken > BrokenAllowed)
                {
                    throw new WireException(WireFault.Rubbish, "the stream is not JSON: " + Start(data));
                }
            }
        }
        if (!events && plain.ToString().Trim() is { Length: > 0 } whole)
        {
            yield return WireChunk.Read(whole)
                ?? throw new WireException(WireFault.Rubbish, "the reply is neither JSON nor an event stream: " + Start(whole));
        }
    }

    /// <summary>How the stream ended.</summary>
    private sealed class Ending
    {
        public bool IsStream { get; set; }
        public bool IsDone { get; set; }
    }

    private static bool IsField(string line) =>
        line.StartsWith(':')
        || new[] { "data:", "event:", "error:", "id:", "retry:" }.Any(field => line.StartsWith(field, StringComparison.Ordinal));

    private static string Start(string text) => text.Length <= 80 ? text : text[..80] + "…";

    /// <summary>Turns what can happen to a connection into our words. Behind the end nothing is missed any more.</summary>
    private static async IAsyncEnumerable<string> LinesAsync(
        Stream body,
        ByteWatch watch,
        Func<bool> hasEnded,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var lines = WireLines.ReadAsync(body, watch.Heard, watch.Token).GetAsyncEnumerator(CancellationToken.None);
        while (true)
        {
            try
            {
                if (!await lines.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (hasEnded())
                {
                    yield break;
                }
                throw watch.Expired
                    ? watch.Silence()
                    : new WireException(WireFault.Lost, "the connection broke in the middle of the reply");
            }
            yield return lines.Current;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>Bytes as they come to lines ended by LF, CRLF or CR. A character cut between two reads is put together again.</summary>
internal static class WireLines
{
    /// <summary>In characters. No honest line of a reply is as long.</summary>
    public const int LongestLine = 1 << 20;

    /// <exception cref="WireException"><see cref="WireFault.TooLong"/>: a line without end.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(
        Stream stream,
        Action heard,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[8 << 10];
        var letters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var line = new StringBuilder();
        var (afterReturn, isFirst) = (false, true);
        int count;
        do
        {
            count = await stream.ReadAsync(bytes, cancellationToken);
            heard();
            var decoded = decoder.GetChars(bytes.AsSpan(0, count), letters, flush: count == 0);
            // A byte order mark is no part of the first line.
            for (var start = isFirst && decoded > 0 && letters[0] == '\uFEFF' ? 1 : 0; start < decoded; )
            {
                var end = letters.AsSpan(start, decoded - start).IndexOfAny('\n', '\r') is var at and >= 0 ? start + at : -1;
                line.Append(letters, start, (end < 0 ? decoded : end) - start);
                if (line.Length > LongestLine)
                {
                    throw new WireException(WireFault.TooLong, $"one line of the reply is longer than {LongestLine / 1024} KiB");
                }
                if (end < 0)
                {
                    afterReturn = false;
                    break;
                }
                // The LF of a CRLF ends no second line.
                if (!(letters[end] == '\n' && afterReturn && end == start && line.Length == 0))
                {
                    yield return Take(line);
                }
                afterReturn = letters[end] == '\r';
                start = end + 1;
            }
            isFirst &= decoded == 0;
        } while (count > 0);
        if (line.Length > 0)
        {
            yield return Take(line);
        }
    }

    private static string Take(StringBuilder line)
    {
        var text = line.ToString();
        line.Clear();
        return text;
    }
}

namespace CodexSidecar.Engine.Audit;

/// <summary>Lines of a file that grows at its end, and whose last line may be half written.</summary>
internal static class AuditTail
{
    private const int Block = 64 * 1024,
        ReadBlock = 1 << 20;

    /// <returns>The length of the file without a half line at its end.</returns>
    public static long EndOfLastLine(Stream stream) => LastBreak(stream, stream.Length) + 1;

    /// <summary>The last line, without its end, of a file without a half one; null when there is none.</summary>
    public static byte[]? LastLine(Stream stream)
    {
        if (stream.Length == 0)
        {
            return null;
        }
        var start = LastBreak(stream, stream.Length - 1) + 1;
        var line = new byte[stream.Length - 1 - start];
        stream.Seek(start, SeekOrigin.Begin);
        stream.ReadExactly(line);
        return line;
    }

    public static long CountLines(Stream stream)
    {
        stream.Seek(0, SeekOrigin.Begin);
        var (buffer, lines) = (new byte[Block], 0L);
        for (int count; (count = stream.Read(buffer)) > 0; )
        {
            lines += buffer.AsSpan(0, count).Count((byte)'\n');
        }
        return lines;
    }

    /// <summary>All lines; the file is opened anew for each block, because an open reader keeps writers waiting.</summary>
    /// <param name="open">Null: there is no file.</param>
    /// <returns>Lines without their ends; <c>Whole</c> is false for a half line at the end.</returns>
    public static IEnumerable<(byte[] Bytes, bool Whole)> Lines(Func<Stream?> open)
    {
        var (offset, rest) = (0L, Array.Empty<byte>());
        for (byte[] block; (block = Next(open, offset)).Length > 0; offset += block.Length)
        {
            var (buffer, start) = ((byte[])[.. rest, .. block], 0);
            for (int length; (length = buffer.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += length + 1)
            {
                yield return (buffer[start..(start + length)], true);
            }
            rest = buffer[start..];
        }
        if (rest.Length > 0)
        {
            yield return (rest, false);
        }
    }

    private static byte[] Next(Func<Stream?> open, long offset)
    {
        using var stream = open();
        if (stream is null)
        {
            return [];
        }
        stream.Seek(offset, SeekOrigin.Begin);
        var block = new byte[ReadBlock];
        return block[..stream.ReadAtLeast(block, ReadBlock, throwOnEndOfStream: false)];
    }

    /// <returns>The place of the last line break before <paramref name="end"/>; -1 when there is none.</returns>
    private static long LastBreak(Stream stream, long end)
    {
        var buffer = new byte[Block];
        while (end > 0)
        {
            var start = Math.Max(0, end - Block);
            var part = buffer.AsSpan(0, (int)(end - start));
            stream.Seek(start, SeekOrigin.Begin);
            stream.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is var found and >= 0)
            {
                return start + found;
            }
            end = start;
        }
        return -1;
    }
}

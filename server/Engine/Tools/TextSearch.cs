using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>
/// Looks for one thing in many files, from several threads. Most files hold nothing, so a file is looked through as a whole first; lines
/// are counted only up to
/// one that matches. A line ends at LF, with or without CR before it.
/// </summary>
/// <param name="pattern">Null: <paramref name="query"/> is meant as it stands. Made with <see cref="RegexOptions.Multiline"/>.</param>
/// <param name="texts">How files are text. Only asked about those that are not plainly UTF-8.</param>
internal sealed class TextSearch(string query, Regex? pattern, TextFiles texts)
{
    private const int MostBytes = 16 << 20,
        MostLine = 300,
        FirstBuffer = 64 << 10,
        BinaryLook = 64 << 10;
    private const byte Escape = 0x1B;

    /// <summary>Before a CR, and where a pattern asks for the ends of the text, it can match a line alone and nothing in the whole
    /// text.</summary>
    private readonly bool mindsText =
        pattern is not null
        && (
            query.Contains("(?", StringComparison.Ordinal) || "AzZG".Any(anchor => query.Contains($@"\{anchor}", StringComparison.Ordinal))
        );
    private readonly byte[] required = Encoding.UTF8.GetBytes(pattern is null ? query : RequiredText.Of(query));

    /// <summary>What is required is ASCII, which has the same bytes in all encodings that have no zeros and no escapes.</summary>
    private readonly bool mindsAscii = IsAscii(pattern is null ? query : RequiredText.Of(query));
    private int skipped;

    /// <summary>Files that are too large or cannot be read. Binary ones are not counted.</summary>
    public int Skipped => skipped;

    /// <param name="most">Hits.</param>
    public IReadOnlyList<string> In(WorkspaceRoot root, WorkspacePath file, int most)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            if (Read(root, file, ref buffer) is { } length)
            {
                return In(file, buffer.AsSpan(0, length), most);
            }
            Interlocked.Increment(ref skipped);
            return [];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private IReadOnlyList<string> In(WorkspacePath file, ReadOnlySpan<byte> bytes, int most)
    {
        var isMarked = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];
        var hasZero = bytes[..Math.Min(bytes.Length, BinaryLook)].Contains((byte)0);
        if (hasZero && !isMarked && !texts.IsWide(file.Value))
        {
            return [];
        }
        var isThere = bytes.IndexOf(required) >= 0;
        if (!hasZero && !isMarked && ((!isThere && mindsAscii && !bytes.Contains(Escape)) || TextFiles.IsUtf8(bytes)))
        {
            return isThere ? InUtf8(file, bytes, most) : [];
        }
        // With a mark, or in an encoding that the settings name, or of an unknown code page; then what is sought has other bytes.
        try
        {
            return In(file, texts.Text(file.Value, bytes.ToArray()), most);
        }
        catch (RefusedException)
        {
            return [];
        }
    }

    private static bool IsAscii(string text) => text.Length > 0 && System.Text.Ascii.IsValid(text);

    private List<string> InUtf8(WorkspacePath file, ReadOnlySpan<byte> bytes, int most)
    {
        var mark = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        var buffer = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(bytes.Length));
        try
        {
            return In(file, buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes[mark..], buffer)), most);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private List<string> In(WorkspacePath file, ReadOnlySpan<char> text, int most)
    {
        var byLines = mindsText || (pattern is not null && text.Contains('\r'));
        List<string> hits = [];
        for (int start = 0, number = 1, counted = 0; start < text.Length && hits.Count < most; )
        {
            var at = byLines ? 0 : Find(text[start..]).At;
            if (at < 0)
            {
                break;
            }
            // What matches can reach over several lines, but none above its first one can match alone.
            start = text[..(start + at)].LastIndexOf('\n') + 1;
            if (start == text.Length) // behind the last line end there is no line
            {
                break;
            }
            var end = text[start..].IndexOf('\n') is var length && length < 0 ? text.Length : start + length;
            var line = text[start..end].TrimEnd('\r');
            if (Find(line) is { At: >= 0 } found)
            {
                number += text[counted..start].Count('\n');
                counted = start;
                hits.Add($"{file.Shown}:{number}: {Around(line, found.At, found.Length)}");
            }
            start = end + 1;
        }
        return hits;
    }

    private (int At, int Length) Find(ReadOnlySpan<char> text)
    {
        if (pattern is null)
        {
            return (text.IndexOf(query, StringComparison.Ordinal), query.Length);
        }
        foreach (var match in pattern.EnumerateMatches(text))
        {
            return (match.Index, match.Length);
        }
        return (-1, 0);
    }

    /// <summary>Of a minified line, only what surrounds the hit.</summary>
    private static string Around(ReadOnlySpan<char> line, int at, int length)
    {
        if (line.Length <= MostLine)
        {
            return line.ToString();
        }
        var start = Math.Clamp(at - (MostLine - Math.Min(length, MostLine)) / 2, 0, line.Length - MostLine);
        return $"{(start > 0 ? "…" : "")}{line.Slice(start, MostLine)}{(start + MostLine < line.Length ? "…" : "")}";
    }

    /// <returns>How many bytes; null: it is too large by now, or cannot be read.</returns>
    private static int? Read(WorkspaceRoot root, WorkspacePath file, ref byte[] buffer)
    {
        try
        {
            using var handle = root.OpenHandle(file);
            var size = RandomAccess.GetLength(handle);
            if (size > MostBytes)
            {
                return null;
            }
            if (size >= buffer.Length)
            {
                Replace(ref buffer, 0, (int)size + 1);
            }
            var done = 0;
            for (int read; (read = RandomAccess.Read(handle, buffer.AsSpan(done), done)) > 0; )
            {
                done += read;
                if (done > MostBytes)
                {
                    return null;
                }
                if (done == buffer.Length) // it grows
                {
                    Replace(ref buffer, done, done * 2);
                }
            }
            return done;
        }
        catch (Exception fault) when (fault is WorkspaceException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Replace(ref byte[] buffer, int used, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length);
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

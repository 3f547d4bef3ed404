using System.Text;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>Looks for one thing in many files, from several threads.</summary>
/// <param name="pattern">Null: <paramref name="query"/> is meant as it stands.</param>
internal sealed class TextSearch(string query, Regex? pattern)
{
    private const int MostBytes = 16 << 20, MostLine = 300, BinaryLook = 8 << 10;
    private readonly byte[] bytesOfQuery = Encoding.UTF8.GetBytes(query);
    private int skipped;

    /// <summary>Files that are too large or cannot be read. Binary ones are not counted.</summary>
    public int Skipped => skipped;

    public IEnumerable<string> In(WorkspaceRoot root, FileFact file)
    {
        if (Read(root, file) is not { } bytes)
        {
            Interlocked.Increment(ref skipped);
            yield break;
        }
        var wide = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];
        // Most files hold nothing: without a look at the bytes each would be decoded for that.
        if (!wide && (bytes.AsSpan(0, Math.Min(bytes.Length, BinaryLook)).Contains((byte)0) || (pattern is null && bytes.AsSpan().IndexOf(bytesOfQuery) < 0)))
        {
            yield break;
        }
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var (at, length) = Find(line);
            if (at >= 0)
            {
                yield return $"{file.Path.Shown}:{number}: {Around(line, at, length)}";
            }
        }
    }

    private (int At, int Length) Find(string line)
    {
        if (pattern is null)
        {
            return (line.IndexOf(query, StringComparison.Ordinal), query.Length);
        }
        foreach (var match in pattern.EnumerateMatches(line))
        {
            return (match.Index, match.Length);
        }
        return (-1, 0);
    }

    /// <summary>Of a minified line, only what surrounds the hit.</summary>
    private static string Around(string line, int at, int length)
    {
        if (line.Length <= MostLine)
        {
            return line;
        }
        var start = Math.Clamp(at - (MostLine - Math.Min(length, MostLine)) / 2, 0, line.Length - MostLine);
        return $"{(start > 0 ? "…" : "")}{line.AsSpan(start, MostLine)}{(start + MostLine < line.Length ? "…" : "")}";
    }

    private static byte[]? Read(WorkspaceRoot root, FileFact file)
    {
        try
        {
            return file.Size > MostBytes ? null : root.Read(file.Path, MostBytes);
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CodexSidecar.Engine.Audit;

/// <summary>The append-only, hash-chained record of every action: <c>audit.jsonl</c> in the state folder, mode 0600, shared by all
/// processes.</summary>
internal sealed class AuditLog(string folder, TimeProvider time)
{
    private static readonly string Beginning = new('0', 64);
    private readonly string file = FileIn(folder);
    private readonly Lock gate = new();

    /// <summary>
    /// Appends one line and flushes it to disk. The caller fills all but <c>Seq</c>, <c>At</c> and <c>Prev</c>. Half a line at the end was
    /// left by
    /// a process that died while it wrote; nobody acted on it, and it gives way. A whole line that cannot be read stays as it is.
    /// </summary>
    /// <exception cref="IOException">The line could not be written: the action must not happen.</exception>
    public void Append(AuditEntry entry)
    {
        lock (gate)
        {
            try
            {
                Directory.CreateDirectory(folder);
                using var stream = LockedFile.OpenAlone(file, time);
                stream.SetLength(AuditTail.EndOfLastLine(stream));
                var last = AuditTail.LastLine(stream);
                var seq = last is null ? 0 : Parse(last)?.Seq ?? AuditTail.CountLines(stream);
                var line = JsonSerializer.SerializeToUtf8Bytes(
                    entry with
                    {
                        Seq = seq + 1,
                        At = time.GetUtcNow(),
                        Prev = last is null ? Beginning : Hash(last),
                    },
                    AuditJson.Default.AuditEntry
                );
                stream.Seek(0, SeekOrigin.End);
                stream.Write([.. line, (byte)'\n']);
                stream.Flush(flushToDisk: true);
            }
            catch (UnauthorizedAccessException denied)
            {
                throw new IOException($"The audit log {file} cannot be written.", denied);
            }
        }
    }

    /// <summary>Checks every line against the one before it.</summary>
    public AuditCheck Verify()
    {
        var (number, expected, seq) = (0L, Beginning, 0L);
        foreach (var (line, whole) in AuditTail.Lines(() => LockedFile.OpenToRead(file, time)))
        {
            number++;
            if (!whole)
            {
                return new(number - 1, null, "The last line is cut: a process ended while it wrote it. The next entry replaces it.");
            }
            var entry = Parse(line);
            var problem =
                entry is null ? "is not an entry"
                : entry.Prev != expected ? "does not follow the line before it: one of the two was changed, or a line between them is gone"
                : entry.Seq != seq + 1 ? $"has the number {entry.Seq} where {seq + 1} is due"
                : null;
            if (problem is not null)
            {
                return new(number - 1, number, $"Line {number} {problem}.");
            }
            (expected, seq) = (Hash(line), entry!.Seq);
        }
        return new(number, null, null);
    }

    /// <summary>The entries of one run in order; lines that cannot be read are left out (<see cref="Verify"/> names them).</summary>
    public IEnumerable<AuditEntry> Read(string run) => ReadAll().Select(line => line.Entry).Where(entry => entry.Run == run);

    /// <summary>All entries in order, each with its line as it is in the file; lines that cannot be read are left out.</summary>
    public IEnumerable<(string Json, AuditEntry Entry)> ReadAll() =>
        from line in AuditTail.Lines(() => LockedFile.OpenToRead(file, time))
        where line.Whole
        let entry = Parse(line.Bytes)
        where entry is not null
        select (Encoding.UTF8.GetString(line.Bytes), entry);

    public static string FileIn(string folder) => Path.Join(folder, "audit.jsonl");

    public static string Hash(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    private static AuditEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;

namespace CodexSidecar.Engine.Audit;

/// <summary>The append-only, hash-chained record of every action: <c>audit.jsonl</c> in the state folder, mode 0600, shared by all processes.</summary>
internal sealed class AuditLog(string folder, TimeProvider time)
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private readonly string file = Path.Join(folder, "audit.jsonl");
    private readonly Lock gate = new();

    /// <summary>Appends one line and flushes it to disk. The caller fills all but <c>Seq</c>, <c>At</c> and <c>Prev</c>.</summary>
    /// <exception cref="IOException">The line could not be written: the action must not happen.</exception>
    public void Append(AuditEntry entry)
    {
        lock (gate)
        {
            using var stream = OpenExclusive();
            var last = LastLine(stream);
            var previous = last is null ? null : JsonSerializer.Deserialize(last, AuditJson.Default.AuditEntry);
            var line = JsonSerializer.SerializeToUtf8Bytes(
                entry with { Seq = (previous?.Seq ?? 0) + 1, At = time.GetUtcNow(), Prev = last is null ? new string('0', 64) : Hash(last) },
                AuditJson.Default.AuditEntry);
            stream.Seek(0, SeekOrigin.End);
            stream.Write([.. line, (byte)'\n']);
            stream.Flush(flushToDisk: true);
        }
    }

    public static string Hash(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    /// <summary>FileShare.None is a lock between processes; another writer holds it for well under a millisecond.</summary>
    private FileStream OpenExclusive()
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(file, options);
            }
            catch (IOException) when (time.GetElapsedTime(started) < LockPatience)
            {
                Thread.Yield();
            }
        }
    }

    private static byte[]? LastLine(FileStream stream)
    {
        const int Window = 64 * 1024;
        for (var take = Math.Min(stream.Length, Window); take > 0; take = Math.Min(stream.Length, take * 2))
        {
            var buffer = new byte[take];
            stream.Seek(-take, SeekOrigin.End);
            stream.ReadExactly(buffer);
            var end = buffer[^1] == '\n' ? buffer.Length - 1 : buffer.Length;
            var start = buffer.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            if (start > 0 || take == stream.Length)
            {
                return buffer[start..end];
            }
        }
        return null;
    }
}

using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.State;

/// <summary>
/// Every judged vote of this machine, one JSON line each. Processes add their lines in turn, and only ever add; old ones fade by
/// themselves.
/// </summary>
internal sealed class TrackRecordFile(SidecarHome home, TimeProvider time)
{
    // Half of what was learnt is forgotten after 23 votes: this holds thousands.
    private const int MostBytes = 2 << 20;

    public string FullPath => Path.Join(home.State, "consilium", "track-record.jsonl");

    /// <param name="problem">Lines that could not be read and do not count, in words; null when all is well.</param>
    public TrackRecord Read(out string? problem)
    {
        var unread = 0;
        var votes = new List<JudgedVote>();
        IReadOnlyList<string> lines = [];
        try
        {
            lines = Lines();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problem = $"{FullPath} cannot be read, so all roles weigh the same: {DiskFault.Describe(refused)}";
            return new([]);
        }
        foreach (var line in lines)
        {
            try
            {
                votes.Add(JsonSerializer.Deserialize(line, SessionJson.Default.JudgedVote)!);
            }
            catch (JsonException)
            {
                unread++;
            }
        }
        problem = unread == 0 ? null : $"{unread} lines of {FullPath} cannot be read and do not count.";
        return new(votes);
    }

    public void Append(IReadOnlyList<JudgedVote> votes)
    {
        if (votes.Count == 0)
        {
            return;
        }
        Disk.CreatePrivate(Path.GetDirectoryName(FullPath)!);
        var bytes = Encoding.UTF8.GetBytes(
            string.Concat(votes.Select(vote => JsonSerializer.Serialize(vote, SessionJson.Default.JudgedVote) + "\n"))
        );
        home.AtStep?.Invoke("write the track record");
        using var stream = LockedFile.OpenAlone(FullPath, time);
        // Half a line was left by a process that died while it wrote.
        stream.SetLength(AuditTail.EndOfLastLine(stream));
        stream.Seek(0, SeekOrigin.End);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private IReadOnlyList<string> Lines()
    {
        using var stream = LockedFile.OpenToRead(FullPath, time);
        if (stream is null)
        {
            return [];
        }
        var skipped = stream.Length > MostBytes;
        stream.Seek(skipped ? -MostBytes : 0, skipped ? SeekOrigin.End : SeekOrigin.Begin);
        // The first line is cut when the file is longer than what is read.
        var lines = new StreamReader(stream, Encoding.UTF8).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return skipped ? lines[1..] : lines;
    }
}

/// <summary>How the roles did so far, for <c>consilium stats</c>.</summary>
public static class ConsiliumStats
{
    public static IReadOnlyList<Standing> Read(SidecarHome home) => new TrackRecordFile(home, TimeProvider.System).Read(out _).Standings;
}

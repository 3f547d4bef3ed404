using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;

namespace CodexSidecar.Engine.Sessions;

/// <summary>Every judged vote of this machine, one JSON line each. Lines are only ever added, so processes need no lock and nothing is lost; old ones fade by themselves.</summary>
internal sealed class TrackRecordFile(SidecarHome home)
{
    // Half of what was learnt is forgotten after 23 votes: this holds thousands.
    private const int MostBytes = 2 << 20;

    public string Path => System.IO.Path.Join(home.State, "consilium", "track-record.jsonl");

    /// <param name="problem">Lines that could not be read and do not count, in words; null when all is well.</param>
    public TrackRecord Read(out string? problem)
    {
        var unread = 0;
        var votes = new List<JudgedVote>();
        foreach (var line in Lines())
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
        problem = unread == 0 ? null : $"{unread} lines of {Path} cannot be read and do not count.";
        return new(votes);
    }

    public void Append(IReadOnlyList<JudgedVote> votes)
    {
        if (votes.Count == 0)
        {
            return;
        }
        Disk.CreatePrivate(System.IO.Path.GetDirectoryName(Path)!);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(votes.Select(vote => JsonSerializer.Serialize(vote, SessionJson.Default.JudgedVote) + "\n")));
        using var stream = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private IEnumerable<string> Lines()
    {
        try
        {
            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var skipped = stream.Length > MostBytes;
            stream.Seek(skipped ? -MostBytes : 0, skipped ? SeekOrigin.End : SeekOrigin.Begin);
            // The first line is cut when the file is longer than what is read.
            return new StreamReader(stream, Encoding.UTF8).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(skipped ? 1 : 0).ToList();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}

/// <summary>How the roles did so far, for <c>consilium stats</c>.</summary>
public static class ConsiliumStats
{
    public static IReadOnlyList<Standing> Read(SidecarHome home) => new TrackRecordFile(home).Read(out _).Standings;
}

using System.Text.Json;
using CodexSidecar.Engine.Audit;

namespace CodexSidecar.Engine.Tests.Audit;

public sealed class AuditLogSpecs : IDisposable
{
    private readonly string folder = Path.Join(Path.GetTempPath(), $"audit-{Guid.NewGuid():n}");
    private string LogFile => Path.Join(folder, "audit.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Lines_are_numbered_chained_and_only_the_users()
    {
        var log = Log();
        log.Append(Entry("one"));
        log.Append(Entry("two"));

        var lines = File.ReadAllLines(LogFile);
        var second = JsonSerializer.Deserialize(lines[1], AuditJson.Default.AuditEntry)!;
        Assert.Equal((2L, "two", AuditLog.Hash(System.Text.Encoding.UTF8.GetBytes(lines[0]))), (second.Seq, second.Subject, second.Prev));
        Assert.Equal(new AuditCheck(2, null, null), log.Verify());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LogFile));
        }
    }

    [Fact]
    public void Nothing_written_yet_is_no_broken_chain()
    {
        Directory.CreateDirectory(folder);

        Assert.Equal(new AuditCheck(0, null, null), Log().Verify());
        Assert.Empty(Log().Read("r"));
    }

    [Theory]
    [InlineData("changed", 4)]
    [InlineData("removed", 3)]
    [InlineData("swapped", 3)]
    [InlineData("inserted", 3)]
    [InlineData("garbage", 3)]
    [InlineData("first removed", 1)]
    public void The_first_broken_line_is_named(string attack, long broken)
    {
        Fill(6);
        var lines = File.ReadAllLines(LogFile).ToList();
        switch (attack)
        {
            // The changed line still reads well; it is the next one that no longer follows it.
            case "changed":
                lines[2] = lines[2].Replace("subject 3", "subject X", StringComparison.Ordinal);
                break;
            case "removed":
                lines.RemoveAt(2);
                break;
            case "swapped":
                (lines[2], lines[3]) = (lines[3], lines[2]);
                break;
            case "inserted":
                lines.Insert(2, lines[1]);
                break;
            case "garbage":
                lines[2] = "{";
                break;
            default:
                lines.RemoveAt(0);
                break;
        }
        File.WriteAllLines(LogFile, lines);

        var check = Log().Verify();

        Assert.Equal((broken - 1, broken), (check.Good, check.BrokenLine));
        Assert.StartsWith($"Line {broken} ", check.Message);
    }

    /// <summary>A process killed at any byte of its line.</summary>
    [Fact]
    public void Half_a_line_at_the_end_gives_way_wherever_it_was_cut()
    {
        Fill(2);
        var whole = File.ReadAllBytes(LogFile);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var cut = first + 1; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(LogFile, whole[..cut]);
            var check = Log().Verify();
            Assert.Equal((1L, null), (check.Good, check.BrokenLine));
            Assert.Contains("cut", check.Message);
            Log().Append(Entry("after"));
            Assert.Equal(new AuditCheck(2, null, null), Log().Verify());
            Assert.Equal(["subject 1", "after"], Log().Read("r").Select(entry => entry.Subject));
        }
    }

    [Fact]
    public void A_damaged_last_line_stays_as_evidence_and_stops_nobody()
    {
        Fill(2);
        File.AppendAllText(LogFile, "not json\n");

        Log().Append(Entry("after"));

        Assert.Equal((2L, 3L), (Log().Verify().Good, Log().Verify().BrokenLine));
        Assert.Equal([1L, 2L, 4L], Log().Read("r").Select(entry => entry.Seq));
    }

    [Fact]
    public void Lines_longer_than_a_block_are_read_whole()
    {
        var log = Log();
        log.Append(Entry(new string('x', 200_000)));
        log.Append(Entry(new string('y', 1_500_000)));
        log.Append(Entry("short"));

        Assert.Equal(new AuditCheck(3, null, null), log.Verify());
        Assert.Equal([200_000, 1_500_000, 5], log.Read("r").Select(entry => entry.Subject.Length));
    }

    /// <summary>Two instances lock each other out as two processes do: by the file.</summary>
    [Fact]
    public async Task Several_writers_make_one_chain()
    {
        var writers = Enumerable
            .Range(0, 4)
            .Select(writer =>
                Task.Run(
                    () =>
                    {
                        var log = Log();
                        for (var n = 0; n < 25; n++)
                        {
                            log.Append(Entry($"{writer}-{n}"));
                        }
                    },
                    TestContext.Current.CancellationToken
                )
            );
        var reader = Task.Run(() => Assert.Null(Log().Verify().BrokenLine), TestContext.Current.CancellationToken);

        await Task.WhenAll([.. writers, reader]);

        Assert.Equal(new AuditCheck(100, null, null), Log().Verify());
        Assert.Equal(100, Log().Read("r").Select(entry => entry.Subject).Distinct().Count());
    }

    [Fact]
    public void A_run_is_shown_alone()
    {
        Log().Append(Entry("mine"));
        Log().Append(Entry("other") with { Run = "r2" });
        Log().Append(Entry("mine too"));

        Assert.Equal(["mine", "mine too"], Log().Read("r").Select(entry => entry.Subject));
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_an_error()
    {
        Directory.CreateDirectory(LogFile);

        Assert.ThrowsAny<IOException>(() => new AuditLog(folder, new Impatient()).Append(Entry("x")));
    }

    private AuditLog Log() => new(folder, TimeProvider.System);

    private void Fill(int lines)
    {
        for (var n = 1; n <= lines; n++)
        {
            Log().Append(Entry($"subject {n}"));
        }
    }

    private static AuditEntry Entry(string subject) =>
        new(0, default, "r", "test", "cli", "decided", "shell", subject, "allow", "rule", "reason", null, null, null, null, "");

    /// <summary>Each look at the clock is a minute later, so that nobody waits for a lock.</summary>
    private sealed class Impatient : TimeProvider
    {
        private long minutes;
        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 60 * Interlocked.Increment(ref minutes);
    }
}

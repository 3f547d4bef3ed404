using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.State;

/// <summary>The log of a run on a disk that fails, by the clock.</summary>
public sealed class EventLogSpecs : IDisposable
{
    private static readonly TimeSpan Merged = TimeSpan.FromMilliseconds(33);

    private readonly TemporaryFolder folder = new();
    private readonly FaultyDisk disk = new();
    private readonly FakeTime time = new();

    private string LogFile => folder["events.jsonl"];

    public void Dispose() => folder.Dispose();

    /// <summary>FakeTime calls a timer from <c>Advance</c>: what it throws, it throws here.</summary>
    [Fact]
    public void Text_that_cannot_be_written_in_the_background_ends_nothing_and_is_written_later()
    {
        using var log = Log();
        log.Append(new MessageAdded("m1", "one "));
        disk.FailAt(1, isFullFromThen: true);
        time.Advance(Merged);
        log.Append(new MessageAdded("m1", "two"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(EventLog.Read(LogFile));

        disk.Heal();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([new MessageAdded("m1", "one two")], Stored());
    }

    [Fact]
    public void What_comes_by_itself_never_fails_and_a_gap_is_told_to_the_next_who_can_be_told()
    {
        using var log = Log();
        disk.FailAt(1, isFullFromThen: false);
        log.Append(new ModelProgressed("plan", "waiting", null, false));

        var told = Assert.Throws<IOException>(() => log.Append(new StageStarted(Stage.Plan, 1)));
        log.Append(new StageStarted(Stage.Report, 1));

        Assert.Contains("No space left", told.Message, StringComparison.Ordinal);
        Assert.Equal([new StageStarted(Stage.Report, 1)], Stored());
    }

    [Fact]
    public async Task A_reader_of_a_log_that_is_closed_without_an_end_is_let_go()
    {
        using var log = Log();
        log.Append(new StageStarted(Stage.Plan, 1));
        var reading = ReadAsync(log);
        log.Dispose();
        Assert.Equal([new StageStarted(Stage.Plan, 1)], await reading);
    }

    [Fact]
    public async Task A_last_event_that_cannot_be_written_is_told_with_the_reason_to_whoever_reads_then_or_later()
    {
        using var log = Log();
        var reading = ReadAsync(log);
        disk.FailAt(1, isFullFromThen: true);

        var last = log.Finish(new RunFinished(StopReason.Done, null, "Solved."));

        Assert.Contains("The disk is full", last.Message, StringComparison.Ordinal);
        Assert.Equal([last], await reading);
        Assert.Equal([last], await ReadAsync(log));
        Assert.Equal(1, log.LastSeq);
        Assert.Empty(Stored());
    }

    private EventLog Log() => new(LogFile, "r", 0, time, disk.Step);

    private IEnumerable<RunEvent> Stored() => EventLog.Read(LogFile).Select(envelope => envelope.Event);

    private static async Task<IReadOnlyList<RunEvent>> ReadAsync(EventLog log)
    {
        var told = new List<RunEvent>();
        await foreach (var envelope in log.TailAsync(TestContext.Current.CancellationToken))
        {
            told.Add(envelope.Event);
        }
        return told;
    }
}

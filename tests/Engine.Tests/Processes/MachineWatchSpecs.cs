using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>What looks on from a timer must not end the process with what it meets.</summary>
public sealed class MachineWatchSpecs
{
    [Fact]
    public async Task A_process_that_can_open_no_file_any_more_goes_on_watching()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: /proc tells");
        using var folder = new TemporaryFolder();
        using var watching = await SecondProcess.StartProgramAsync(
            "/bin/sh",
            ["-c", "ulimit -n 256; exec \"$0\" \"$@\"", SecondProcess.Program, "--no-files", folder.Path]
        );
        watching.Begin();
        Assert.Equal("watched", await watching.ReadAsync());
        await watching.EndAsync();
    }

    [Fact]
    public void What_a_timer_throws_is_heard_and_goes_no_further()
    {
        var time = new FakeTime();
        var heard = new List<string>();
        using var timer = time.CreateGuardedTimer(
            () => throw new InvalidOperationException("one"),
            fault => heard.Add(fault.Message),
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan
        );
        using var worse = time.CreateGuardedTimer(
            () => throw new InvalidOperationException("two"),
            _ => throw new InvalidOperationException("three"),
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan
        );

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["one"], heard);
    }
}

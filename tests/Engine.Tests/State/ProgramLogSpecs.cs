using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.Tests.State;

public sealed partial class ProgramLogSpecs : IDisposable
{
    private readonly TemporaryFolder state = new();

    public void Dispose() => state.Dispose();

    [Fact]
    public async Task A_run_is_told_from_its_sandbox_to_its_end()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);

        var outcome = await bench.RunAsync(TestContext.Current.CancellationToken);

        var log = Read(bench.Home.Log);
        Assert.Equal(
            [$"Run {outcome.RunId} begins: cli, run_tests, {bench.Workspace.Path}", "Sandbox ", $"Run {outcome.RunId} ended: done after "],
            Lines(log).Select(line => Regex.Replace(Regex.Replace(line, "^Sandbox .*", "Sandbox "), " after .*", " after "))
        );
    }

    [Fact]
    public async Task A_server_that_is_asked_again_is_told_with_what_went_wrong()
    {
        var isFirst = true;
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, Says.Patch("double.js", RunBench.Solved)],
                Quirk = (request, reply) =>
                    request.Messages.Count > 0 && Interlocked.Exchange(ref isFirst, false)
                        ? new() { Status = 503, Text = "busy: double(2) is 5" }
                        : reply,
            }
        );

        await bench.RunAsync(TestContext.Current.CancellationToken);

        var told = $"[WRN] {Environment.ProcessId} {bench.Server.BaseUrl} failed (Status 503); try 2 in ";
        Assert.Contains(told, Read(bench.Home.Log), StringComparison.Ordinal);
    }

    /// <summary>Prompts, replies and files are other people's; the log goes to support.</summary>
    [Theory]
    [InlineData("debug", false)]
    [InlineData("trace", true)]
    public async Task Prompts_and_files_are_told_at_trace_only_and_secrets_never(string level, bool isTold)
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        using var log = ProgramLog.Of(bench.Home.State, level);
        bench.Workspace.With("config.js", "export const token = 'ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R';\n");
        await using var session = Session.Open(bench.Home with { Log = log }, bench.Workspace.Path, TimeProvider.System);

        var request = new RunRequest("double(2) is 5 with ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R.", bench.Settings);
        await session.RunAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(isTold, Read(log).Contains("double(2) is 5", StringComparison.Ordinal));
        Assert.Equal(isTold, Read(log).Contains("export const double", StringComparison.Ordinal));
        Assert.DoesNotContain("ghp_0a1B", Read(log), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_timer_calls_is_told_when_it_throws()
    {
        using var log = new ProgramLog(state.Path);
        using var done = new ManualResetEventSlim();
        void Fail() => throw new InvalidOperationException("not our day");
        using (TimeProvider.System.CreateGuardedTimer(Fail, _ => { }, TimeSpan.Zero, Timeout.InfiniteTimeSpan, new Heard(log.Lines, done)))
        {
            Assert.True(done.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        }
        const string Told = "What a timer called failed\n  System.InvalidOperationException: not our day";
        Assert.Contains(Told, Read(log), StringComparison.Ordinal);
    }

    [Fact]
    public void One_line_never_looks_like_two_and_holds_no_secret()
    {
        using var log = new ProgramLog(state.Path);
        const string Bad = "GET /\r\n2026-11-30 00:00:00.000 +00:00 [INF] 1 forged \u001b[31m Authorization: bearer abCD12efGH34ijKL56mn";
        Tell(log.Lines, Bad, null);
        Assert.Single(Read(log).Split('\n'), line => line.StartsWith("20", StringComparison.Ordinal));
        const string Told = "GET /\n  2026-11-30 00:00:00.000 +00:00 [INF] 1 forged ?[31m Authorization: bearer [redacted:secret]\n";
        Assert.EndsWith(Told, Read(log), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_below_the_level_is_not_told_and_makes_no_file()
    {
        using var log = ProgramLog.Of(state.Path, "ERROR");
        Tell(log.Lines, "nothing", null);
        Assert.False(Path.Exists(log.File));
        Assert.Equal((false, "error"), (log.TellsCalls, log.Level));
    }

    [Fact]
    public void An_unknown_level_is_refused_in_a_sentence()
    {
        var refused = Assert.Throws<UsageException>(() =>
            SidecarHome.FromEnvironment(name =>
                name switch
                {
                    "CODEX_SIDECAR_HOME" => state.Path,
                    ProgramLog.Variable => "loud",
                    _ => null,
                }
            )
        );
        Assert.Equal(
            "CODEX_SIDECAR_LOG must be one of trace, debug, information, warning, error; 'loud' is none of them.",
            refused.Message
        );
    }

    /// <summary>As with a disk that is full or read-only: the line is lost, and why is known. The next line tries again.</summary>
    [Fact]
    public void A_log_that_cannot_be_written_stops_nothing_and_begins_when_it_can()
    {
        var home = new SidecarHome(state["state"], state["cache"], state["config"]);
        state.With("state", "a file where the folder should be\n");
        Tell(home.Log.Lines, "lost", null);
        Assert.NotNull(home.Log.Problem);
        var sentence = FaultLog.Write(home, new InvalidOperationException("x"));
        Assert.Contains("not kept, because the log cannot be written (", sentence, StringComparison.Ordinal);

        File.Delete(home.State);
        Assert.Contains(home.Log.File, FaultLog.Write(home, new InvalidOperationException("kept")), StringComparison.Ordinal);

        Assert.Null(home.Log.Problem);
        Assert.Contains("kept", Read(home.Log), StringComparison.Ordinal);
        home.Log.Dispose();
    }

    /// <summary>The sink itself fails, behind the folder that could be made.</summary>
    [Fact]
    public void A_file_that_cannot_be_opened_is_known_as_the_reason()
    {
        using var log = new ProgramLog(state.Path);
        Directory.CreateDirectory(log.File);
        Tell(log.Lines, "lost", null);
        Assert.NotNull(log.Problem);

        Directory.Delete(log.File);
        Tell(log.Lines, "kept", null);

        Assert.Null(log.Problem);
        Assert.Contains("kept", Read(log), StringComparison.Ordinal);
    }

    private static string Read(ProgramLog log)
    {
        using var stream = new FileStream(log.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Without time, level and process.</summary>
    private static IEnumerable<string> Lines(string log) =>
        log.Split('\n')
            .Where(line => line.Contains("] ", StringComparison.Ordinal))
            .Select(line => line.Split($"] {Environment.ProcessId} ", 2)[1]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    private static partial void Tell(ILogger log, string text, Exception? fault);

    /// <summary>Says when something was told.</summary>
    private sealed class Heard(ILogger log, ManualResetEventSlim done) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            log.Log(logLevel, eventId, state, exception, formatter);
            done.Set();
        }
    }
}

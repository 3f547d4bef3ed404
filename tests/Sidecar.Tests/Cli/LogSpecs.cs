using System.Diagnostics;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Http;
using CodexSidecar.Sidecar.Tests.Acp;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>What the log file tells at the faces, and what it costs when nothing is told.</summary>
public sealed class LogSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_request_is_told_at_debug_with_how_it_ended_and_without_its_query()
    {
        var home = Home("debug");
        var order = new HttpOrder(new RunSettings { Workspace = folder.Path }, 0, new AccessToken("token", null));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = new HttpFace(order, home, TimeProvider.System, fault => fault).RunAsync(
            started => address.SetResult(new(started.Url)),
            over.Token
        );
        using (var client = new HttpClient { BaseAddress = await address.Task })
        {
            using var healthy = await client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
            var path = new Uri("/a%0Ab?hidden=1", UriKind.Relative);
            using var refused = await client.PostAsync(path, null, TestContext.Current.CancellationToken);
        }
        await over.CancelAsync();
        await serving;

        var log = Read(home);
        Assert.Matches(@"\[DBG\] \d+ HTTP \S+ > GET /health\n", log);
        Assert.Matches(@"HTTP \S+ < GET /health: 200, \d+ ms\n", log);
        Assert.Matches(@"HTTP \S+ < POST /a%0Ab: 401, \d+ ms\n", log);
        Assert.DoesNotContain("hidden", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_method_of_an_editor_is_told_at_debug_with_how_it_ended()
    {
        var home = Home("debug");
        await using (var wire = new AcpLink(home))
        {
            await wire.CallAsync("session/list");
            await wire.InitializeAsync();
            wire.Close();
            await wire.Face;
        }
        var log = Read(home);
        Assert.Matches(@"\[DBG\] \d+ ACP > session/list 1\n", log);
        Assert.Matches(@"ACP < answer to session/list 1: error, \d+ ms\n", log);
        Assert.Matches(@"ACP < answer to initialize 2: ok, \d+ ms\n", log);
    }

    [Fact]
    public async Task Requests_are_not_told_at_the_usual_level()
    {
        var home = Home(null);
        await using (var wire = new AcpLink(home))
        {
            await wire.InitializeAsync();
        }
        Assert.False(Path.Exists(home.Log.File));
    }

    /// <summary>An editor waits for the answer to its first request, and the log takes longer to load than that answer takes.</summary>
    [Fact]
    public async Task Nothing_of_the_log_is_loaded_before_the_first_answer()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // only there a process can be asked what it has loaded
        }
        var start = new ProcessStartInfo(SidecarProcess.Program, ["acp"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["CODEX_SIDECAR_HOME"] = folder.Path;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1}}""");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var answer = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"result\"", answer, StringComparison.Ordinal);

        var loaded = await File.ReadAllTextAsync($"/proc/{process.Id}/maps", TestContext.Current.CancellationToken);

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("StreamJsonRpc.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Serilog", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.Extensions.Logging", loaded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acp")]
    [InlineData("doctor")]
    public async Task A_level_that_does_not_exist_is_refused_in_a_sentence(string command)
    {
        var ended = await SidecarProcess.RunWithVariableAsync(folder.Path, folder.Path, ProgramLog.Variable, "loud", command);
        Assert.Equal(
            new Ended(2, "", "CODEX_SIDECAR_LOG must be one of trace, debug, information, warning, error; 'loud' is none of them.\n"),
            ended with
            {
                Error = ended.Error.ReplaceLineEndings("\n"),
            }
        );
    }

    [Fact]
    public async Task Doctor_says_where_the_log_is_and_what_it_tells()
    {
        var ended = await SidecarProcess.RunWithVariableAsync(
            folder.Path,
            folder.Path,
            ProgramLog.Variable,
            "debug",
            "doctor",
            "--json",
            "--base-url",
            "http://127.0.0.1:9/v1"
        );
        var file = Path.Join(folder.Path, "state", "logs", "sidecar.log").Replace("\\", "\\\\", StringComparison.Ordinal);
        Assert.Contains($"\"What happens is told in {file}, from debug on\"", ended.Out, StringComparison.Ordinal);
    }

    private SidecarHome Home(string? level) =>
        SidecarHome.FromEnvironment(name =>
            name switch
            {
                "CODEX_SIDECAR_HOME" => folder["home"],
                ProgramLog.Variable => level,
                _ => null,
            }
        );

    private static string Read(SidecarHome home)
    {
        home.Log.Dispose();
        return File.ReadAllText(home.Log.File).ReplaceLineEndings("\n");
    }
}

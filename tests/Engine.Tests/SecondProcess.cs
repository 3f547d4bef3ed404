using System.Diagnostics;

namespace CodexSidecar.Engine.Tests;

/// <summary>A process of its own that works beside a test on the same state folder (tests/Victim, Jobs).</summary>
internal sealed class SecondProcess : IDisposable
{
    public static readonly string Program = Path.Join(
        AppContext.BaseDirectory,
        "CodexSidecar.Victim" + (OperatingSystem.IsWindows() ? ".exe" : "")
    );

    private readonly Process process;

    private SecondProcess(Process process) => this.process = process;

    /// <summary>Started, and waiting for <see cref="Begin"/>.</summary>
    public static Task<SecondProcess> StartAsync(params IReadOnlyList<string> job) => StartProgramAsync(Program, job);

    public static async Task<SecondProcess> StartProgramAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var second = new SecondProcess(Process.Start(start)!);
        Assert.Equal("ready", await second.ReadAsync());
        return second;
    }

    public void Begin()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
    }

    public async Task<string?> ReadAsync() => await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

    /// <summary>A job without an end of its own ends with its input.</summary>
    public async Task EndAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
    }
}

using System.Diagnostics;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

internal sealed record Ended(int ExitCode, string Out, string Error);

/// <summary>The built program, run as users run it: its own process, its own state folder, nobody at the keyboard.</summary>
internal static class SidecarProcess
{
    // Below the five minutes after which a suite names a test and ends; a busy machine may need most of it for one dotnet test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(280);

    /// <summary>npm test gives the program as users get it, which starts faster than the one that was built beside these tests.</summary>
    public static readonly string Program = Environment.GetEnvironmentVariable("CODEX_SIDECAR_TESTS_PROGRAM")
        ?? Path.Join(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "codex-sidecar.exe" : "codex-sidecar");

    public static async Task<Ended> RunAsync(string home, string folder, params IReadOnlyList<string> arguments)
    {
        using var process = Start(home, folder, arguments);
        return await EndAsync(process);
    }

    public static async Task<Ended> RunWithVariableAsync(
        string home,
        string folder,
        string name,
        string value,
        params IReadOnlyList<string> arguments
    )
    {
        using var process = Start(home, folder, arguments, "", (name, value));
        return await EndAsync(process);
    }

    public static async Task<Ended> RunWithInputAsync(string home, string folder, string input, params IReadOnlyList<string> arguments)
    {
        using var process = Start(home, folder, arguments, input);
        return await EndAsync(process);
    }

    public static async Task<Ended> RunWithBytesAsync(string home, string folder, byte[] input, params IReadOnlyList<string> arguments)
    {
        using var process = Start(home, folder, arguments, input);
        return await EndAsync(process);
    }

    public static Process Start(string home, string folder, params IReadOnlyList<string> arguments) => Start(home, folder, arguments, "");

    private static Process Start(
        string home,
        string folder,
        IReadOnlyList<string> arguments,
        string input,
        (string Name, string Value)? variable = null
    ) => Start(home, folder, arguments, System.Text.Encoding.UTF8.GetBytes(input), variable);

    private static Process Start(
        string home,
        string folder,
        IReadOnlyList<string> arguments,
        byte[] input,
        (string Name, string Value)? variable = null
    )
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CODEX_SIDECAR_HOME"] = home;
        if (variable is var (name, value))
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        return process;
    }

    public static async Task<Ended> EndAsync(Process process)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var (shown, told) = (
                process.StandardOutput.ReadToEndAsync(patience.Token),
                process.StandardError.ReadToEndAsync(patience.Token)
            );
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, await shown, await told);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

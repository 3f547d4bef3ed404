using CodexSidecar.Engine.Workspace;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.State;

/// <summary>
/// The program's one log, in the state folder. Logging and Serilog are loaded when somebody first has something to tell, and not before: an
/// editor waits for the answer to its first request.
/// </summary>
/// <param name="state">The state folder, absolute.</param>
/// <param name="level">The least that is told, as in <see cref="Variable"/>.</param>
public sealed class ProgramLog(string state, string level = ProgramLog.Usual) : IDisposable
{
    public const string Variable = "CODEX_SIDECAR_LOG";
    private const string Usual = "information";

    // The names of LogLevel, which is not loaded for them.
    private static readonly string[] Levels = ["trace", "debug", Usual, "warning", "error"];
    private readonly Lock gate = new();
    private LogLines? lines;

    public string File { get; } = Path.Join(state, "logs", "sidecar.log");

    public string Level => level;

    /// <summary>Every request and every method is told too. Asked first, so that nothing is loaded for nothing.</summary>
    public bool TellsCalls => Array.IndexOf(Levels, level) <= 1;

    /// <summary>Never throws: a log that cannot be written stops nothing.</summary>
    public ILogger Lines => Made();

    /// <summary>Why the last line could not be written; null: it is in the file.</summary>
    public string? Problem => Made().Fault is { } fault ? DiskFault.Describe(fault) : null;

    /// <param name="wanted">The value of <see cref="Variable"/>; null or empty: the usual level.</param>
    /// <exception cref="UsageException">There is no such level.</exception>
    public static ProgramLog Of(string state, string? wanted)
    {
        var level = string.IsNullOrEmpty(wanted) ? Usual : wanted.ToLowerInvariant();
        return Levels.Contains(level)
            ? new(state, level)
            : throw new UsageException($"{Variable} must be one of {string.Join(", ", Levels)}; '{wanted}' is none of them.");
    }

    public void Dispose()
    {
        lock (gate)
        {
            lines?.Dispose();
        }
    }

    private LogLines Made()
    {
        lock (gate)
        {
            return lines ??= new(File, (LogLevel)Array.IndexOf(Levels, level));
        }
    }
}

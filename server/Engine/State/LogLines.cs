using System.Globalization;
using CodexSidecar.Engine.Policy;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace CodexSidecar.Engine.State;

/// <summary>
/// What is told in the code by <c>[LoggerMessage]</c>, written by Serilog. Opened with the first line; without secrets; one line cannot
/// look like two.
/// </summary>
internal sealed class LogLines(string file, LogLevel least) : ILogger, ILoggingFailureListener, IDisposable
{
    private const int MostChars = 1 << 20;
    private readonly Lock gate = new();
    private Logger? open;

    /// <summary>Why the last line is not in the file.</summary>
    public Exception? Fault { get; private set; }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel is not LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }
        lock (gate)
        {
            Fault = null;
            var thrown = Guarded.Try(() =>
            {
                var text = formatter(state, exception) + (exception is null ? "" : $"\n{exception}");
                (open ??= Open()).Write((LogEventLevel)logLevel, "{Text:l}", Clean(text));
            });
            Fault ??= thrown;
            if (Fault is not null)
            {
                // A sink that could not open its file does not try again for half an hour.
                Close();
            }
        }
    }

    /// <summary>Called by Serilog, in the middle of a line.</summary>
    public void OnLoggingFailed(
        object sender,
        LoggingFailureKind kind,
        string message,
        IReadOnlyCollection<LogEvent>? events,
        Exception? exception
    ) => Fault = exception ?? new IOException(message);

    public void Dispose()
    {
        lock (gate)
        {
            Close();
        }
    }

    /// <summary>Several programs write to the same file: each line says which.</summary>
    private Logger Open()
    {
        Disk.CreatePrivate(Path.GetDirectoryName(file)!);
        return new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.Fallible(
                to =>
                    to.File(
                        file,
                        shared: true,
                        fileSizeLimitBytes: 8 << 20,
                        rollOnFileSizeLimit: true,
                        retainedFileCountLimit: 3,
                        formatProvider: CultureInfo.InvariantCulture,
                        outputTemplate: "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] "
                            + Environment.ProcessId
                            + " {Message:lj}{NewLine}"
                    ),
                this
            )
            .CreateLogger();
    }

    private void Close()
    {
        Guarded.Try(() => open?.Dispose());
        open = null;
    }

    private static string Clean(string text)
    {
        text = Secrets.Redact(text.Length > MostChars ? text[..MostChars] + " ..." : text).ReplaceLineEndings("\n");
        var plain = string.Create(text.Length, text, (signs, from) =>
        {
            for (var index = 0; index < signs.Length; index++)
            {
                signs[index] = char.IsControl(from[index]) && from[index] is not ('\n' or '\t') ? '?' : from[index];
            }
        });
        return plain.Replace("\n", "\n  ", StringComparison.Ordinal);
    }
}

using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// The border of everything a timer calls: what is thrown on a timer's thread would end the process, and with it all its sessions.
/// </summary>
public static partial class GuardedTimer
{
    /// <param name="onFault">Hears what the callback threw, on the same thread.</param>
    /// <param name="log">Must not throw. Null: the callback may well fail, and that means nothing.</param>
    public static ITimer CreateGuardedTimer(
        this TimeProvider time,
        Action callback,
        Action<Exception> onFault,
        TimeSpan due,
        TimeSpan period,
        ILogger? log = null
    ) => time.CreateTimer(_ => Run(callback, onFault, log), null, due, period);

    private static void Run(Action callback, Action<Exception> onFault, ILogger? log)
    {
        try
        {
            callback();
        }
        catch (Exception fault)
        {
            try
            {
                onFault(fault);
            }
            catch (Exception)
            {
                // Nobody is left who could be told.
            }
            if (log is not null)
            {
                TimerFailed(log, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What a timer called failed")]
    private static partial void TimerFailed(ILogger log, Exception fault);
}

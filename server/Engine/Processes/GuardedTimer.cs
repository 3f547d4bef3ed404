namespace CodexSidecar.Engine.Processes;

/// <summary>
/// The border of everything a timer calls: what is thrown on a timer's thread would end the process, and with it all its sessions.
/// </summary>
public static class GuardedTimer
{
    /// <param name="onFault">Hears what the callback threw, on the same thread.</param>
    public static ITimer CreateGuardedTimer(
        this TimeProvider time, Action callback, Action<Exception> onFault, TimeSpan due, TimeSpan period) =>
        time.CreateTimer(_ => Run(callback, onFault), null, due, period);

    private static void Run(Action callback, Action<Exception> onFault)
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
        }
    }
}

using System.Collections.Concurrent;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// The one thread that starts processes. "Die with the parent" (PR_SET_PDEATHSIG) means the death of the *thread* that forked, so a child
/// started from a pool thread would be killed whenever the pool retires that thread.
/// </summary>
internal static class SpawnThread
{
    private static readonly Lazy<BlockingCollection<Action>> Work = new(Open);

    public static Task<T> RunAsync<T>(Func<T> start)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Value.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
            {
                done.SetException(fault);
            }
        });
        return done.Task;
    }

    private static BlockingCollection<Action> Open()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "spawn",
        }.Start();
        return work;
    }
}

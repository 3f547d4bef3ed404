using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Models;

/// <param name="First">Until the first token; any byte before it starts the time again.</param>
/// <param name="Idle">Between bytes after the first token.</param>
internal sealed record WireLimits(TimeSpan First, TimeSpan Idle);

/// <summary>Cancels a request on which nothing arrives any more. There is no limit on the whole: a slow model may take an hour.</summary>
internal sealed class ByteWatch : IDisposable
{
    /// <summary>Some servers leave the connection open behind the last chunk; usage comes within this, or not at all.</summary>
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource source;
    private readonly CancellationToken caller;
    private readonly ITimer timer;
    private readonly WireLimits limits;
    private TimeSpan current;

    public ByteWatch(TimeProvider time, WireLimits limits, CancellationToken caller)
    {
        this.limits = limits;
        this.caller = caller;
        source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        current = limits.First;
        // A tick that was on its way when the reply ended finds the source disposed of.
        timer = time.CreateGuardedTimer(source.Cancel, _ => { }, current, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => source.Token;

    /// <summary>The time ran out; the caller did not cancel.</summary>
    public bool Expired => source.IsCancellationRequested && !caller.IsCancellationRequested;

    public TimeSpan Current => current;

    public void Heard() => timer.Change(current, Timeout.InfiniteTimeSpan);

    public void FirstToken() => Set(limits.Idle);

    public void Finished() => Set(AfterTheEnd);

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }

    private void Set(TimeSpan limit)
    {
        current = limit;
        Heard();
    }
}

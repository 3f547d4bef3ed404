using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Models;

/// <param name="First">Until the first token; any byte before it starts the time again.</param>
/// <param name="Idle">Between bytes after the first token.</param>
internal sealed record WireLimits(TimeSpan First, TimeSpan Idle);

/// <summary>
/// Cancels a request on which nothing arrives any more, unless the server shows that it is busy with somebody's work. There is no limit on
/// the whole: a slow model may take an hour.
/// </summary>
internal sealed class ByteWatch : IDisposable
{
    /// <summary>Some servers leave the connection open behind the last chunk; usage comes within this, or not at all.</summary>
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromSeconds(2);

    /// <summary>How often a server is looked at that has let the limit pass, and how long one is believed that answers, but shows no
    /// work that goes on.</summary>
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30),
        Believed = TimeSpan.FromMinutes(10);

    /// <summary>Nothing is waited for longer: as long as a whole run may take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(45);

    private readonly Lock guard = new();
    private readonly TimeProvider time;
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenSource looking = new();
    private readonly CancellationToken caller;
    private readonly ITimer timer;
    private readonly WireLimits limits;
    private readonly Func<CancellationToken, Task<ServerSight>> look;
    private readonly Action waits;
    private TimeSpan current;
    private Phase phase = Phase.First;
    private long heardAt;
    private long movedAt;
    private string? trace;
    private bool isTold;
    private bool isGone;
    private bool isDisposed;

    /// <param name="look">What the server does beside this request.</param>
    /// <param name="waits">Told once, when it is waited for longer because of that.</param>
    public ByteWatch(
        TimeProvider time,
        WireLimits limits,
        Func<CancellationToken, Task<ServerSight>> look,
        Action waits,
        CancellationToken caller
    )
    {
        (this.time, this.limits, this.look, this.waits, this.caller) = (time, limits, look, waits, caller);
        source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        current = limits.First;
        heardAt = movedAt = time.GetTimestamp();
        // A tick that was on its way when the reply ended finds the source disposed of.
        timer = time.CreateGuardedTimer(Expire, _ => { }, current, Timeout.InfiniteTimeSpan);
    }

    private enum Phase
    {
        First,
        Text,
        End,
    }

    public CancellationToken Token => source.Token;

    /// <summary>The time ran out; the caller did not cancel.</summary>
    public bool Expired => source.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary>Why it ended.</summary>
    public WireException Silence()
    {
        lock (guard)
        {
            var seconds = $"nothing came for {time.GetElapsedTime(heardAt).TotalSeconds:0} seconds";
            return isGone
                ? new(WireFault.Hung, $"{seconds}, and nothing else that it is asked is answered")
                : new(WireFault.Stalled, seconds);
        }
    }

    public void Heard()
    {
        lock (guard)
        {
            heardAt = movedAt = time.GetTimestamp();
            timer.Change(current, Timeout.InfiniteTimeSpan);
        }
    }

    public void FirstToken() => Set(Phase.Text, limits.Idle);

    public void Finished() => Set(Phase.End, AfterTheEnd);

    public void Dispose()
    {
        lock (guard)
        {
            isDisposed = true;
        }
        looking.Cancel();
        timer.Dispose();
        source.Dispose();
        looking.Dispose();
    }

    private void Set(Phase now, TimeSpan limit)
    {
        lock (guard)
        {
            (phase, current) = (now, limit);
        }
        Heard();
    }

    private void Expire()
    {
        if (phase is Phase.End)
        {
            source.Cancel();
            return;
        }
        _ = LookAsync(looking.Token);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = heardAt;
        try
        {
            var sight = await look(cancellationToken);
            lock (guard)
            {
                if (isDisposed || heardAt != before)
                {
                    return;
                }
                if (GoesOn(sight))
                {
                    timer.Change(BetweenLooks, Timeout.InfiniteTimeSpan);
                }
                else
                {
                    isGone = sight.Work is ServerWork.Gone;
                    source.Cancel();
                    return;
                }
                if (isTold)
                {
                    return;
                }
                isTold = true;
            }
            waits();
        }
        catch (OperationCanceledException)
        {
            // The reply came, or nobody waits for it any more.
        }
    }

    /// <summary>Before the first token work that goes on is waited for, and a server that is only there for a while. In the middle
    /// of a reply only work is a reason, and not for long: others do not keep a reply from going on.</summary>
    private bool GoesOn(ServerSight sight)
    {
        if (sight.Work is ServerWork.Working && sight.Trace != trace)
        {
            (trace, movedAt) = (sight.Trace, time.GetTimestamp());
        }
        var quiet = time.GetElapsedTime(phase is Phase.First ? movedAt : heardAt) + BetweenLooks;
        return sight.Work switch
        {
            ServerWork.Working => quiet <= Believed && time.GetElapsedTime(heardAt) < Longest,
            ServerWork.Answers => phase is Phase.First && quiet <= Believed,
            _ => false,
        };
    }
}

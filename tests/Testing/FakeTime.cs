namespace CodexSidecar.Testing;

/// <summary>
/// A clock that a test moves. New one-shot timers of at most <paramref name="skip"/> (delays) end at once and move the clock by as much;
/// all others,
/// and those whose time is changed (limits), wait for <see cref="Advance"/>.
/// </summary>
internal sealed class FakeTime(TimeSpan skip = default) : TimeProvider
{
    private readonly Lock guard = new();
    private readonly List<FakeTimer> timers = [];
    private readonly List<TimeSpan> skipped = [];
    private readonly List<(TimeSpan Limit, TaskCompletionSource Set)> awaited = [];
    private DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>The waits that were skipped, in order.</summary>
    public IReadOnlyList<TimeSpan> Skipped
    {
        get
        {
            lock (guard)
            {
                return [.. skipped];
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (guard)
        {
            return now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Waits until a timer is set to exactly this time from now: then what it limits has begun.</summary>
    public Task SetAsync(TimeSpan limit)
    {
        lock (guard)
        {
            if (timers.Any(timer => timer.Due == now + limit))
            {
                return Task.CompletedTask;
            }
            var set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited.Add((limit, set));
            return set.Task;
        }
    }

    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (true)
        {
            FakeTimer? due;
            lock (guard)
            {
                due = timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
                now =
                    due?.Due > now ? due.Due.Value
                    : due is null ? until
                    : now;
                due?.Rearm(now);
            }
            if (due is null)
            {
                return;
            }
            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        if (dueTime > skip || dueTime < TimeSpan.Zero || period > TimeSpan.Zero)
        {
            timer.Change(dueTime, period);
            return timer;
        }
        lock (guard)
        {
            skipped.Add(dueTime);
            now += dueTime;
        }
        ThreadPool.QueueUserWorkItem(_ => timer.Fire());
        return timer;
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset? Due { get; private set; }

        public void Fire() => callback(state);

        public void Rearm(DateTimeOffset now) => Due = period > TimeSpan.Zero ? now + period : null;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.guard)
            {
                this.period = period;
                time.timers.Remove(this);
                Due = dueTime < TimeSpan.Zero ? null : time.now + dueTime;
                if (Due is not null)
                {
                    time.timers.Add(this);
                }
                time.awaited.RemoveAll(one => one.Limit == dueTime && one.Set.TrySetResult());
            }
            return true;
        }

        public void Dispose()
        {
            lock (time.guard)
            {
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

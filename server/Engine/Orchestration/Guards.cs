using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Every limit of a run in one place (docs/architecture.md, "Guards"). A guard ends the run by throwing
/// <see cref="RunStop"/>.</summary>
internal sealed class Guards(TimeProvider time)
{
    public const int MostFiles = 20,
        MostLines = 1_500;
    private const int MostRequests = 40,
        MostSameCalls = 3,
        MostDenials = 5,
        MostSameDenials = 3,
        MostRepairs = 4,
        MostSameFailures = 3,
        MostWorse = 2,
        MostMalformed = 3,
        MostStreamFaults = 2,
        MostOverflows = 2;

    /// <summary>What a server takes from its cache costs nothing, and what a model thinks is bounded for each request.</summary>
    private const long MostPromptTokens = 400_000,
        MostOutputTokens = 60_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(45);

    // Roles on several servers are asked at the same time.
    private readonly Lock gate = new();
    private readonly long started = time.GetTimestamp();
    private readonly Dictionary<string, int> calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> denied = new(StringComparer.Ordinal);
    private readonly HashSet<string> patches = new(StringComparer.Ordinal);
    private TimeSpan waitedForUser;
    private int malformed;
    private int streamFaults;
    private int unchanged;
    private int repairs;
    private int sameFailure;
    private int worse;
    private string? lastFailure;
    private int overflows;
    private int underWay;

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>Time the user takes to answer does not count.</summary>
    public async Task<T> WaitForUserAsync<T>(Func<Task<T>> answer)
    {
        var asked = time.GetTimestamp();
        try
        {
            return await answer();
        }
        finally
        {
            lock (gate)
            {
                waitedForUser += time.GetElapsedTime(asked);
            }
        }
    }

    /// <summary>To be called before a request, with <see cref="AfterRequest"/> behind it: requests under way count as well.</summary>
    /// <param name="thought">Tokens of the output that were reasoning.</param>
    public void BeforeRequest(Usage used, long thought = 0)
    {
        lock (gate)
        {
            if (Elapsed - waitedForUser > MostTime)
            {
                throw new RunStop(StopReason.LimitTime, $"The run took longer than {MostTime.TotalMinutes:0} minutes.");
            }
            if (used.Requests + underWay >= MostRequests)
            {
                throw new RunStop(StopReason.LimitRequests, $"The run asked the model {MostRequests} times without finishing.");
            }
            var (read, answered) = (used.PromptTokens - used.CachedTokens, used.OutputTokens - thought);
            if (read > MostPromptTokens || answered > MostOutputTokens)
            {
                throw new RunStop(
                    StopReason.LimitTokens,
                    $"The model read {read:N0} prompt tokens, beside those its server had in its cache, and answered with {answered:N0}, "
                        + $"beside its reasoning; the limits are {MostPromptTokens:N0} and {MostOutputTokens:N0}."
                );
            }
            underWay++;
        }
    }

    /// <summary>Its cost is counted, or it came to nothing.</summary>
    public void AfterRequest()
    {
        lock (gate)
        {
            underWay--;
        }
    }

    /// <summary>The same call with the same result again and again leads nowhere.</summary>
    public void AfterCall(string call, string result)
    {
        var key = $"{call}\n{result}";
        lock (gate)
        {
            calls[key] = calls.GetValueOrDefault(key) + 1;
            if (calls[key] >= MostSameCalls)
            {
                throw new RunStop(StopReason.Loop, $"The model made the same call {MostSameCalls} times: {call}");
            }
        }
    }

    /// <summary>A prompt that did not fit is made shorter twice.</summary>
    public void AfterOverflow(string message)
    {
        if (Interlocked.Increment(ref overflows) > MostOverflows)
        {
            throw new RunStop(StopReason.LimitTokens, "context", message);
        }
    }

    /// <summary>A stream that repeats itself or does not end was cut; it counts as an empty reply once.</summary>
    public void AfterStreamFault(string message)
    {
        if (Interlocked.Increment(ref streamFaults) >= MostStreamFaults)
        {
            throw new RunStop(StopReason.Loop, "stream", message);
        }
    }

    /// <param name="reply">Null: it is not to blame.</param>
    public void AfterMalformed(string message, ModelReply? reply)
    {
        if (Interlocked.Increment(ref malformed) >= MostMalformed)
        {
            throw new RunStop(
                StopReason.MalformedReplies,
                $"The model's reply could not be used {MostMalformed} times in a row. The last time: {message} {reply?.Advice}".TrimEnd()
            );
        }
    }

    public void AfterGoodReply() => Interlocked.Exchange(ref malformed, 0);

    /// <summary>The patch never came to the files, so the same one is new again.</summary>
    public void Forget(string fingerprint) => patches.Remove(fingerprint);

    /// <returns>False: the patch is empty or was proposed before; one hint is allowed.</returns>
    public bool IsNewPatch(string fingerprint)
    {
        if (patches.Add(fingerprint))
        {
            return true;
        }
        return ++unchanged < 2 ? false : throw new RunStop(StopReason.NoProgress, "The model proposed the same change again.");
    }

    /// <summary>A model that asks again for what is not allowed does not listen.</summary>
    public void AfterDenial(string call, string reason)
    {
        lock (gate)
        {
            denied[call] = denied.GetValueOrDefault(call) + 1;
            if (denied[call] >= MostSameDenials || denied.Values.Sum() >= MostDenials)
            {
                throw new RunStop(
                    StopReason.Forbidden,
                    $"The model asked for what is not allowed {denied.Values.Sum()} times. The last time: {reason}"
                );
            }
        }
    }

    /// <summary>A new attempt from the start: what failed before does not count against it.</summary>
    public void StartAfresh() => (repairs, sameFailure, worse, lastFailure) = (0, 0, 0, null);

    /// <summary>Whether one more repair is worth it.</summary>
    /// <param name="failure">Tells whether tests failed in the same way as the last time.</param>
    /// <param name="isWorse">More tests fail than before the run.</param>
    /// <returns>False: the same failure came back after two repairs, or twice more failed than before, or there were enough
    /// repairs.</returns>
    public bool MayRepair(string failure, bool isWorse)
    {
        sameFailure = failure == lastFailure ? sameFailure + 1 : 1;
        lastFailure = failure;
        worse += isWorse ? 1 : 0;
        return ++repairs <= MostRepairs && sameFailure < MostSameFailures && worse < MostWorse;
    }
}

using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What all models of one run have cost so far. Roles on different servers are asked at the same time.</summary>
internal sealed class UsageLedger
{
    private readonly Lock gate = new();
    private int messages;
    private Usage used = new(0, 0, 0, 0, 0, false);
    private long thought;

    public Usage Used
    {
        get
        {
            lock (gate)
            {
                return used;
            }
        }
    }

    /// <summary>The part of the output that was reasoning.</summary>
    public long Thought
    {
        get
        {
            lock (gate)
            {
                return thought;
            }
        }
    }

    public string NextMessage() => string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref messages)}");

    /// <returns>The new total.</returns>
    public Usage Add(ModelUsage usage)
    {
        lock (gate)
        {
            if (usage.Before is { } before)
            {
                Add(before);
            }
            thought += usage.ThoughtTokens ?? 0;
            return used = new(
                used.Requests + 1,
                used.PromptTokens + usage.PromptTokens,
                used.OutputTokens + usage.OutputTokens,
                used.CachedTokens + usage.CachedTokens,
                used.PromptBytes + usage.PromptBytes,
                used.Estimated || usage.Estimated
            );
        }
    }
}

using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What all models of one run have cost so far. Roles on different servers are asked at the same time.</summary>
internal sealed class UsageLedger
{
    private readonly Lock gate = new();
    private int messages;

    public Usage Used { get; private set; } = new(0, 0, 0, 0, 0, false);

    public string NextMessage() => string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref messages)}");

    /// <returns>The new total.</returns>
    public Usage Add(ModelUsage usage)
    {
        lock (gate)
        {
            return Used = new(
                Used.Requests + 1, Used.PromptTokens + usage.PromptTokens, Used.OutputTokens + usage.OutputTokens, Used.CachedTokens + usage.CachedTokens,
                Used.PromptBytes + usage.PromptBytes, Used.Estimated || usage.Estimated);
        }
    }
}

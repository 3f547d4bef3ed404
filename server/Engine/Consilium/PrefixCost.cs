using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <summary>
/// What votes cost a server that is asked for them one by one, by its own figures. Those without a prompt cache read the whole prompt for
/// each role. Recurrent models go back to a checkpoint only, which llama.cpp keeps some 500 tokens before the end of a prompt, and read
/// those.
/// </summary>
internal static class PrefixCost
{
    /// <summary>All votes together are to read no more than this much of one prompt.</summary>
    private const double Wanted = 1.3;

    /// <summary>Votes that do not know of each other are worth this much of a prompt.</summary>
    private const double Worth = 0.1;

    /// <summary>Less than this was kept: no cache.</summary>
    private const double Miss = 0.3;

    /// <summary>The heading and the questions of a role, which are read whichever way it is asked.</summary>
    private const int RoleTokens = 70;

    /// <param name="seen">What the votes behind the first one cost; null: that is not known.</param>
    /// <param name="rest">Roles that are still to vote.</param>
    /// <returns>What to tell when one question for the rest is cheaper; null: it is not, or the server does not say.</returns>
    public static NoticeRaised? Notice(IReadOnlyList<ModelUsage?> seen, int rest)
    {
        var told = seen.OfType<ModelUsage>().Where(usage => usage is { TellsCache: true, PromptTokens: > 0 }).ToList();
        if (told.Count < seen.Count)
        {
            return null;
        }
        var prompt = told.Average(usage => usage.PromptTokens);
        var each = told.Average(usage => usage.PromptTokens - usage.CachedTokens);
        var (alone, together) = (each * rest, each + (RoleTokens * rest));
        if (alone - together <= Worth * prompt || prompt + (each * (told.Count + rest)) <= Wanted * prompt)
        {
            return null;
        }
        var kept = told.Max(usage => (double)usage.CachedTokens / usage.PromptTokens);
        var (title, found, help) =
            kept < Miss
                ? (
                    "The server reads every prompt anew",
                    $"It kept {(int)(100 * kept)} % of the prompt from one role to the next",
                    "A larger cache of the server"
                )
                : (
                    "Each role costs the server much reading",
                    $"It read {(int)each} of {(int)prompt} tokens again for each role",
                    "For a recurrent model llama.cpp's -ub 128"
                );
        return new(
            Severity.Warning,
            title,
            $"{found}, so the other roles are asked in one question. Their votes are not independent of each other. {help}, or "
                + "--consilium auto, makes votes cheaper."
        );
    }
}

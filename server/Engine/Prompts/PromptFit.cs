using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Prompts;

/// <summary>Keeps a conversation within the window: its head and its last exchange stay, those between them go, the oldest first; then the
/// last exchange is cut.</summary>
internal static class PromptFit
{
    private const int LeastChars = 600;

    /// <returns>Null: the head alone is too long.</returns>
    public static IReadOnlyList<PromptMessage>? Fit(
        IReadOnlyList<PromptMessage> messages,
        int mostTokens,
        Func<IReadOnlyList<PromptMessage>, int> estimate
    )
    {
        var head = messages.Head();
        for (var dropped = 0; ; dropped += 2)
        {
            IReadOnlyList<PromptMessage> rest = [.. messages.Take(head), .. messages.Skip(head + dropped)];
            if (estimate(rest) <= mostTokens)
            {
                return rest;
            }
            if (rest.Count <= head + 2)
            {
                return rest.Count == head + 2 ? Cut(rest, mostTokens, estimate) : null;
            }
        }
    }

    private static IReadOnlyList<PromptMessage>? Cut(
        IReadOnlyList<PromptMessage> messages,
        int mostTokens,
        Func<IReadOnlyList<PromptMessage>, int> estimate
    )
    {
        for (var most = messages.TakeLast(2).Max(message => message.Text.Length) / 2; most >= LeastChars; most /= 2)
        {
            IReadOnlyList<PromptMessage> cut =
            [
                .. messages.SkipLast(2),
                .. messages.TakeLast(2).Select(message => message with { Text = PromptTexts.Cut(message.Text, most) }),
            ];
            if (estimate(cut) <= mostTokens)
            {
                return cut;
            }
        }
        return null;
    }
}

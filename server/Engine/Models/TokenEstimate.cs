namespace CodexSidecar.Engine.Models;

/// <summary>
/// Tokens by kinds of characters; the vocabulary of a local model is unknown. The factor, learnt from what the server reports, brings it
/// within a few percent.
/// </summary>
internal static class TokenEstimate
{
    private const double PerMessage = 4;

    /// <summary>In shorter prompts the template weighs more than the text.</summary>
    private const int WorthCounting = 200;

    public static int Of(string text, double factor) => (int)Math.Ceiling(Raw(text) * factor);

    public static int Of(IReadOnlyList<PromptMessage> messages, double factor) => (int)Math.Ceiling(Raw(messages) * factor);

    private static double Raw(IReadOnlyList<PromptMessage> messages) => messages.Sum(message => Raw(message.Text) + PerMessage);

    /// <summary>The factor after a reply: 30 % of the way to what the server counted.</summary>
    public static double Learn(double factor, ModelPrompt prompt, ModelUsage usage) =>
        usage.Estimated || usage.PromptTokens < WorthCounting
            ? factor
            : Math.Clamp((0.7 * factor) + (0.3 * usage.PromptTokens / Raw(prompt.Messages)), 0.5, 2.5);

    private static double Raw(string text)
    {
        double tokens = 0;
        foreach (var letter in text)
        {
            tokens +=
                letter < 128 ? 1 / 3.3
                : char.IsHighSurrogate(letter) ? 2.5
                : char.IsLowSurrogate(letter) ? 0
                : IsCjk(letter) ? 1.1
                : 0.5;
        }
        return tokens;
    }

    /// <summary>Kana, Han and Hangul.</summary>
    private static bool IsCjk(char letter) =>
        letter
            is (>= '\u3040' and <= '\u30FF')
                or (>= '\u3400' and <= '\u9FFF')
                or (>= '\uAC00' and <= '\uD7AF')
                or (>= '\uF900' and <= '\uFAFF');
}

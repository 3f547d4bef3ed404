namespace CodexSidecar.Engine.Models;

/// <summary>
/// Tokens by kinds of characters; the vocabulary of a local model is unknown. The factor, learnt from what the server reports, brings it within
/// a few percent.
/// </summary>
internal static class TokenEstimate
{
    private const double PerMessage = 4;

    public static int Of(string text, double factor) => (int)Math.Ceiling(Raw(text) * factor);

    public static int Of(IReadOnlyList<PromptMessage> messages, double factor) => (int)Math.Ceiling(Raw(messages) * factor);

    public static double Raw(IReadOnlyList<PromptMessage> messages) => messages.Sum(message => Raw(message.Text) + PerMessage);

    /// <param name="reported">The server's count of the same prompt.</param>
    public static double Calibrate(double factor, double raw, long reported) => Math.Clamp((0.7 * factor) + (0.3 * reported / raw), 0.5, 2.5);

    private static double Raw(string text)
    {
        double tokens = 0;
        foreach (var letter in text)
        {
            tokens += letter < 128 ? 1 / 3.3
                : char.IsHighSurrogate(letter) ? 2.5
                : char.IsLowSurrogate(letter) ? 0
                : IsCjk(letter) ? 1.1
                : 0.5;
        }
        return tokens;
    }

    /// <summary>Kana, Han and Hangul.</summary>
    private static bool IsCjk(char letter) => letter is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7AF') or (>= '\uF900' and <= '\uFAFF');
}

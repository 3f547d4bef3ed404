using System.Globalization;

namespace CodexSidecar.Engine.Models;

/// <summary>How one request deals with reasoning.</summary>
/// <param name="Room">Tokens on top of the answer's.</param>
/// <param name="Switch">Asks the server to let its model think less; null: it thinks as it likes.</param>
internal sealed record ThinkingPlan(int Room, ThinkingSwitch? Switch)
{
    public static readonly ThinkingPlan None = new(0, null);
}

/// <summary>
/// How many tokens a model may think before it answers. Every server counts reasoning in the limit of a reply, so the room for it is added
/// to the room of the answer; it is what the prompt leaves of the window and takes nothing from the prompt.
/// </summary>
internal static class ThinkingRoom
{
    public const string Variable = "CODEX_SIDECAR_THINKING_TOKENS";

    /// <summary>Models that think longer do not come to an end; most think 500 to 8,000.</summary>
    public const int Usual = 16_000;

    /// <summary>vLLM and SGLang refuse a prompt and a limit that are together one token longer than the window, and an estimate is a little
    /// off.</summary>
    private const int Margin = 64;
    private const double Safety = 1.05;

    /// <returns>Null: the variable is not a number.</returns>
    public static int? MostOf(Func<string, string?> variable) =>
        variable(Variable) is not { Length: > 0 } text ? Usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? tokens
        : null;

    public static int Of(int window, int prompt, int answer, int most) =>
        Math.Clamp(window - (int)(prompt * Safety) - answer - Margin, 0, most);
}

namespace CodexSidecar.Engine.Models;

/// <summary>Tokens that end a turn, leaked as text by servers with a wrong template. What comes behind them is no reply.</summary>
/// <param name="prompt">What the prompt itself contains may also be meant in the reply.</param>
internal sealed class StopCut(IReadOnlyList<PromptMessage> prompt)
{
    private static readonly string[] Tokens =
    [
        "<|im_end|>",
        "<|im_start|>",
        "<|eot_id|>",
        "<|endoftext|>",
        "<|end_of_turn|>",
        "<end_of_turn>",
    ];

    private readonly string[] tokens =
    [
        .. Tokens.Where(token => !prompt.Any(message => message.Text.Contains(token, StringComparison.Ordinal))),
    ];
    private string pending = "";

    public bool IsCut { get; private set; }

    public string Push(string piece)
    {
        if (IsCut || tokens.Length == 0)
        {
            return IsCut ? "" : piece;
        }
        var text = pending + piece;
        var cut = tokens.Select(token => text.IndexOf(token, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        IsCut = cut >= 0;
        var end = IsCut ? cut : text.Length - HeldBackText.Length(text, tokens);
        pending = IsCut ? "" : text[end..];
        return text[..end];
    }

    public string End()
    {
        var rest = pending;
        pending = "";
        return rest;
    }
}

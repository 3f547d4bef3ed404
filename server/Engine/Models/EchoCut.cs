using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>Some servers put the prompt in front of the reply. Held back while the reply reads like the prompt, dropped when it was all of it.</summary>
internal sealed class EchoCut
{
    /// <summary>A short last message ("yes?") may well begin an honest reply.</summary>
    private const int Shortest = 16;

    private readonly List<string> echoes;
    private readonly StringBuilder pending = new();
    private bool isDone;
    private bool isBehindEcho;

    public EchoCut(IReadOnlyList<PromptMessage> prompt)
    {
        var texts = prompt.Select(message => message.Text).ToList();
        echoes = [.. Enumerable.Range(0, texts.Count).SelectMany(first => new[] { "\n", "\n\n", "" }.Select(between => string.Join(between, texts.Skip(first))))
            .Distinct().Where(echo => echo.Length >= Shortest).OrderByDescending(echo => echo.Length)];
    }

    public string Push(string piece)
    {
        if (isDone)
            return Behind(piece);
        pending.Append(piece);
        var text = pending.ToString();
        if (echoes.Any(echo => echo.Length > text.Length && echo.StartsWith(text, StringComparison.Ordinal)))
            return "";
        isDone = true;
        var found = echoes.FirstOrDefault(echo => text.StartsWith(echo, StringComparison.Ordinal)) ?? "";
        isBehindEcho = found.Length > 0;
        return Behind(text[found.Length..]);
    }

    /// <summary>The blank between the echo and the reply goes too.</summary>
    private string Behind(string piece)
    {
        piece = isBehindEcho ? piece.TrimStart() : piece;
        isBehindEcho &= piece.Length == 0;
        return piece;
    }

    /// <returns>A reply that was a beginning of the prompt and no more is a reply.</returns>
    public string End() => isDone ? "" : echoes.Contains(pending.ToString()) ? "" : pending.ToString();
}

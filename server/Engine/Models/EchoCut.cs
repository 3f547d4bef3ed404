using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Some servers put the prompt in front of the reply. Held back while the reply reads like the prompt, dropped when it was all of it.
/// </summary>
internal sealed class EchoCut
{
    /// <summary>A short last message ("yes?") may well begin an honest reply.</summary>
    private const int Shortest = 16;

    private static readonly string[] Betweens = ["\n", "\n\n", ""];

    /// <summary>Those that the reply still reads like.</summary>
    private readonly List<Echo> echoes;
    private readonly StringBuilder pending = new();
    private bool isDone;
    private bool isBehindEcho;

    public EchoCut(IReadOnlyList<PromptMessage> prompt)
    {
        var all = Enumerable.Range(0, prompt.Count).SelectMany(first => Betweens.Select(between => new Echo(prompt, first, between)));
        echoes = [.. all.Where(echo => echo.Length >= Shortest)];
    }

    public string Push(string piece)
    {
        if (isDone)
        {
            return Behind(piece);
        }
        pending.Append(piece);
        var text = pending.ToString();
        echoes.RemoveAll(echo => !echo.Agrees(text));
        if (echoes.Any(echo => echo.Length > text.Length))
        {
            return "";
        }
        isDone = true;
        isBehindEcho = echoes.Count > 0;
        return Behind(isBehindEcho ? text[echoes.Max(echo => echo.Length)..] : text);
    }

    /// <returns>A reply that was a beginning of the prompt and no more is a reply.</returns>
    public string End() => isDone || echoes.Any(echo => echo.Length == pending.Length) ? "" : pending.ToString();

    /// <summary>The blank between the echo and the reply goes too.</summary>
    private string Behind(string piece)
    {
        piece = isBehindEcho ? piece.TrimStart() : piece;
        isBehindEcho &= piece.Length == 0;
        return piece;
    }

    /// <summary>The prompt from one of its messages on. Never put together: a conversation is long, and each message has one.</summary>
    private sealed class Echo(IReadOnlyList<PromptMessage> prompt, int first, string between)
    {
        public int Length { get; } = prompt.Skip(first).Sum(message => message.Text.Length) + (between.Length * (prompt.Count - first - 1));

        /// <summary>They are equal as far as both go.</summary>
        public bool Agrees(ReadOnlySpan<char> text)
        {
            for (var i = first; i < prompt.Count && text.Length > 0; i++)
            {
                if ((i > first && !Take(ref text, between)) || !Take(ref text, prompt[i].Text))
                {
                    return false;
                }
            }
            return true;
        }

        private static bool Take(ref ReadOnlySpan<char> text, string part)
        {
            var common = Math.Min(text.Length, part.Length);
            var agrees = text[..common].SequenceEqual(part.AsSpan(0, common));
            text = text[common..];
            return agrees;
        }
    }
}

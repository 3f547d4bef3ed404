using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>Sees that a model turns in circles, which small ones do until their limit.</summary>
/// <param name="prompt">What is repeated in what the model was given may be repeated in the reply.</param>
internal sealed class RepetitionWatch(IReadOnlyList<PromptMessage> prompt)
{
    private const int LongLine = 40,
        SameLines = 6,
        LinesBack = 12,
        Tail = 200,
        TailBack = 2000,
        TailStep = 50,
        MayRepeat = 3;

    private readonly Queue<string> lines = new();
    private readonly StringBuilder line = new();
    private readonly StringBuilder recent = new();
    private int unseen;

    /// <returns>What is repeated; null: nothing.</returns>
    public string? Push(string piece)
    {
        foreach (var letter in piece)
        {
            if (letter != '\n')
            {
                line.Append(letter);
            }
            else if (EndLine() is { } repeated)
            {
                return repeated;
            }
        }
        return CheckTail(piece);
    }

    private string? EndLine()
    {
        var ended = line.ToString().Trim();
        line.Clear();
        lines.Enqueue(ended);
        if (lines.Count > LinesBack)
        {
            lines.Dequeue();
        }
        return ended.Length >= LongLine && lines.Count(other => other == ended) >= SameLines && !IsInPrompt(ended) ? ended : null;
    }

    private string? CheckTail(string piece)
    {
        recent.Append(piece);
        if (recent.Length > TailBack * 2)
        {
            recent.Remove(0, recent.Length - TailBack);
        }
        unseen += piece.Length;
        if (unseen < TailStep || recent.Length < Tail * 3)
        {
            return null;
        }
        unseen = 0;
        var start = Math.Max(0, recent.Length - TailBack);
        var window = recent.ToString(start, recent.Length - start);
        var tail = window[^Tail..];
        // Counted without overlap: a run of blanks or dashes is one thing, not hundreds.
        return Count(window, tail) >= 3 && !string.IsNullOrWhiteSpace(tail) && !IsInPrompt(tail) ? tail : null;
    }

    private bool IsInPrompt(string text) => prompt.Sum(message => Count(message.Text, text)) >= MayRepeat;

    private static int Count(string text, string part)
    {
        var count = 0;
        var at = 0;
        while ((at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0)
        {
            count++;
            at += part.Length;
        }
        return count;
    }
}

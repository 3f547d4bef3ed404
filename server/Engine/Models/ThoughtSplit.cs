using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Separates reasoning that comes in tags from the text. Tags count at the beginning of a line outside of code: a reply may be about tags.
/// </summary>
/// <param name="startsInside">The model's template opens the reasoning itself, so that only the closing tag is seen.</param>
/// <param name="onText">Also called for what turns out to be reasoning when a closing tag comes that nothing opened; <see cref="Text"/> is
/// right.</param>
internal sealed class ThoughtSplit(bool startsInside, Action<string> onText, Action<string> onThought)
{
    private static readonly (string Open, string Close)[] Tags =
    [
        ("<think>", "</think>"),
        ("<thinking>", "</thinking>"),
        ("[THINK]", "[/THINK]"),
        // Seed-OSS, MiniMax M3, Kimi-VL, Gemma 4.
        ("<seed:think>", "</seed:think>"),
        ("<mm:think>", "</mm:think>"),
        ("◁think▷", "◁/think▷"),
        ("<|channel>thought", "<channel|>"),
        ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ];

    private static readonly string[] AllTags = [.. Tags.SelectMany(tag => new[] { tag.Open, tag.Close })];

    private readonly StringBuilder text = new();
    private readonly StringBuilder line = new();
    private FenceLines fences = new();
    private string pending = "";
    private string? close = startsInside ? Tags[0].Close : null;
    private bool wasOpened;
    private bool atLineStart = true;
    private bool isBehindThought;

    /// <summary>The text so far, without reasoning.</summary>
    public string Text => text.ToString();

    /// <summary>The reply ended inside of reasoning, so nothing was answered.</summary>
    public bool IsInside => close is not null && wasOpened;

    /// <summary>A closing tag came that nothing opened.</summary>
    public bool SawLoneClose { get; private set; }

    /// <summary>Reasoning was taken for granted, and no tag ended it.</summary>
    public bool IsAssumed { get; private set; }

    public void Push(string piece) => Run(pending + piece, isLast: false);

    public void End()
    {
        var assumed = startsInside && close is not null && !wasOpened;
        Run(pending, isLast: true);
        // The template did not open any reasoning this time: it was all text.
        if (assumed && close is not null)
        {
            IsAssumed = true;
            text.Append(line);
        }
    }

    private void Run(string input, bool isLast)
    {
        pending = input;
        while (pending.Length > 0 && (close is not null ? Thought(isLast) : TextLine(isLast))) { }
    }

    /// <returns>Whether something was taken and more may follow.</returns>
    private bool Thought(bool isLast)
    {
        if (!wasOpened && line.Length == 0)
        {
            // Assumed to be inside, but this time the tag is there.
            var start = pending.TrimStart();
            if (!isLast && start.Length < Tags[0].Open.Length && Tags[0].Open.StartsWith(start, StringComparison.Ordinal))
            {
                return false;
            }
            if (start.StartsWith(Tags[0].Open, StringComparison.Ordinal))
            {
                (wasOpened, pending) = (true, start[Tags[0].Open.Length..]);
            }
        }
        var at = pending.IndexOf(close!, StringComparison.Ordinal);
        var end = at >= 0 ? at : pending.Length - (isLast ? 0 : HeldBackText.Length(pending, [close!]));
        if (end > 0)
        {
            onThought(pending[..end]);
        }
        if (!wasOpened)
        {
            line.Append(pending, 0, end);
        }
        pending = pending[end..];
        if (at < 0)
        {
            return false;
        }
        pending = pending[close!.Length..];
        SawLoneClose |= !wasOpened;
        (close, wasOpened, atLineStart, isBehindThought) = (null, true, true, true);
        line.Clear();
        return true;
    }

    private bool TextLine(bool isLast)
    {
        if (isBehindThought)
        {
            pending = pending.TrimStart('\n', '\r');
            isBehindThought = pending.Length == 0;
            if (isBehindThought)
            {
                return false;
            }
        }
        if (atLineStart && !fences.IsOpen)
        {
            var start = text.Length == 0 ? pending.TrimStart() : pending.TrimStart(' ', '\t');
            if (Tags.FirstOrDefault(tag => start.StartsWith(tag.Open, StringComparison.Ordinal)) is { Open: not null } opened)
            {
                (close, wasOpened, pending) = (opened.Close, true, start[opened.Open.Length..]);
                return true;
            }
            if (Tags.FirstOrDefault(tag => start.StartsWith(tag.Close, StringComparison.Ordinal)) is { Close: not null } closed)
            {
                SawLoneClose |= !wasOpened;
                if (!wasOpened)
                {
                    text.Clear();
                }
                (wasOpened, pending, fences, isBehindThought) = (true, start[closed.Close.Length..], new(), true);
                return true;
            }
            if (!isLast && AllTags.Any(tag => tag.StartsWith(start, StringComparison.Ordinal)))
            {
                return false;
            }
        }
        var end = pending.IndexOf('\n') + 1;
        var taken = end > 0 ? pending[..end] : pending;
        pending = pending[taken.Length..];
        text.Append(taken);
        line.Append(taken);
        onText(taken);
        atLineStart = end > 0;
        if (atLineStart)
        {
            fences.Add(line.ToString());
            line.Clear();
        }
        return true;
    }
}

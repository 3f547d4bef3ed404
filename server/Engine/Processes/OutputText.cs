using System.Text;

namespace CodexSidecar.Engine.Processes;

/// <summary>Turns the bytes of a command into text while they arrive, and keeps the beginning and the end of it when there is too
/// much.</summary>
internal sealed class OutputText(int cap, Action<string>? onOutput)
{
    private readonly Decoder decoder = new UTF8Encoding(false).GetDecoder();
    private readonly char[] characters = new char[Encoding.UTF8.GetMaxCharCount(16 << 10)];
    private readonly StringBuilder head = new();
    private readonly char[] tail = new char[Math.Max(1, cap / 2)];
    private long beyond; // characters after the head; the last of them are in the ring

    private int HeadCap => cap - cap / 2;

    public bool IsTruncated => beyond > tail.Length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var count = decoder.GetChars(bytes, characters, flush: false);
        Keep(characters.AsSpan(0, count));
    }

    public string End()
    {
        Keep(characters.AsSpan(0, decoder.GetChars([], characters, flush: true)));
        var last = (int)(beyond % tail.Length);
        var end = IsTruncated ? string.Concat(tail.AsSpan(last), tail.AsSpan(0, last)) : new string(tail, 0, (int)beyond);
        return IsTruncated ? $"{head}\n[… {beyond - tail.Length} characters left out …]\n{end}" : $"{head}{end}";
    }

    /// <summary>What is shown live stops at the cap too: a screen is no place for a gigabyte.</summary>
    private void Keep(ReadOnlySpan<char> text)
    {
        var live = (int)Math.Min(text.Length, Math.Max(0, cap - head.Length - beyond));
        if (live > 0)
        {
            onOutput?.Invoke(new string(text[..live]));
        }
        var first = Math.Min(text.Length, HeadCap - head.Length);
        head.Append(text[..first]);
        foreach (var character in text[first..])
        {
            tail[beyond++ % tail.Length] = character;
        }
    }
}

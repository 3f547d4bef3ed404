namespace CodexSidecar.Engine.Models;

/// <summary>Follows code fences and edit markers line by line: is the text inside of one?</summary>
internal sealed class FenceLines
{
    private int fence;
    private bool marker,
        seen,
        closes;

    public bool IsOpen => fence > 0 || marker;

    /// <summary>
    /// Whether a reply ends inside of a block, so that something is missing. Its text may hold fences of its own, so a last line that
    /// closes a block is believed.
    /// </summary>
    public static bool EndsOpen(string text)
    {
        var lines = new FenceLines();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            lines.Add(line);
        }
        return lines is { IsOpen: true, closes: false };
    }

    public void Add(ReadOnlySpan<char> line)
    {
        var trimmed = line.Trim();
        if (trimmed.Length == 0)
        {
            return;
        }
        var ticks = trimmed.Length - trimmed.TrimStart('`').Length;
        var (ends, bare) = (trimmed.StartsWith(">>>>>>> REPLACE", StringComparison.Ordinal), ticks >= 3 && ticks == trimmed.Length);
        closes = ends || (bare && seen && !marker);
        seen |= ticks >= 3;
        if (marker)
        {
            marker = !ends;
        }
        else if (fence == 0 && ticks >= 3 && !trimmed[ticks..].Contains('`'))
        {
            fence = ticks;
        }
        else if (fence > 0 && ticks >= fence && ticks == trimmed.Length)
        {
            fence = 0;
        }
        else if (trimmed.StartsWith("<<<<<<< SEARCH", StringComparison.Ordinal))
        {
            marker = true;
        }
    }
}

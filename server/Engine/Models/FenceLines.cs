namespace CodexSidecar.Engine.Models;

/// <summary>Follows code fences and edit markers line by line: is the text inside of one?</summary>
internal sealed class FenceLines
{
    private int fence;
    private bool marker;

    public bool IsOpen => fence > 0 || marker;

    /// <summary>Whether a reply ends inside of a block, so that something is missing.</summary>
    public static bool EndsOpen(string text)
    {
        var lines = new FenceLines();
        foreach (var line in text.AsSpan().EnumerateLines())
            lines.Add(line);
        return lines.IsOpen;
    }

    public void Add(ReadOnlySpan<char> line)
    {
        var trimmed = line.Trim();
        var ticks = trimmed.Length - trimmed.TrimStart('`').Length;
        if (fence == 0 && ticks >= 3 && !trimmed[ticks..].Contains('`'))
            fence = ticks;
        else if (fence > 0 && ticks >= fence && ticks == trimmed.Length)
            fence = 0;
        else if (trimmed.StartsWith("<<<<<<< SEARCH", StringComparison.Ordinal))
            marker = true;
        else if (trimmed.StartsWith(">>>>>>> REPLACE", StringComparison.Ordinal))
            marker = false;
    }
}

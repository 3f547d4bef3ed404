using System.Globalization;

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>Line numbers copied along from a listing.</summary>
internal static class Gutter
{
    private static readonly string[] Bars = [" | ", ": ", "\t", "→", " |", ":"];

    /// <summary>The lines without their numbers; null unless every filled line has one and they rise.</summary>
    public static string[]? Remove(IReadOnlyList<string> lines)
    {
        foreach (var bar in Bars)
        {
            if (Remove(lines, bar) is { } plain)
            {
                return plain;
            }
        }
        return null;
    }

    private static string[]? Remove(IReadOnlyList<string> lines, string bar)
    {
        var plain = new string[lines.Count];
        var last = -1;
        for (var i = 0; i < plain.Length; i++)
        {
            var text = lines[i].TrimStart();
            var digits = 0;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }
            plain[i] = lines[i];
            if (text.Length == 0)
            {
                continue;
            }
            // An empty line of the listing has lost the blanks of its bar.
            var rest = text[digits..];
            var barHere =
                rest.StartsWith(bar, StringComparison.Ordinal) ? bar
                : rest == bar.TrimEnd() ? rest
                : null;
            if (
                digits == 0
                || barHere is null
                || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number <= last
            )
            {
                return null;
            }
            last = number;
            plain[i] = rest[barHere.Length..];
        }
        return last < 0 ? null : plain;
    }
}

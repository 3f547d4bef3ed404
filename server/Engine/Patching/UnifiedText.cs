using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Patching;

/// <summary>Runs as the body of a unified diff: no file headers, 3 lines of context.</summary>
internal static class UnifiedText
{
    private const int Context = 3;

    public static string Of(IReadOnlyList<LineRun> runs, IReadOnlyList<TextLine> old, IReadOnlyList<TextLine> now)
    {
        var text = new StringBuilder();
        for (var i = 0; i < runs.Count; )
        {
            var last = i;
            while (last + 1 < runs.Count && runs[last + 1].Start - runs[last].End <= 2 * Context)
            {
                last++;
            }
            Write(text, runs, i, last, old, now);
            i = last + 1;
        }
        return text.ToString();
    }

    private static void Write(
        StringBuilder text,
        IReadOnlyList<LineRun> runs,
        int first,
        int last,
        IReadOnlyList<TextLine> old,
        IReadOnlyList<TextLine> now
    )
    {
        var start = Math.Max(0, runs[first].Start - Context);
        var end = Math.Min(old.Count, runs[last].End + Context);
        var newStart = runs[first].NewStart - (runs[first].Start - start);
        var newEnd = runs[last].NewStart + runs[last].NewCount + (end - runs[last].End);
        text.Append("@@ -").Append(Range(start, end - start)).Append(" +").Append(Range(newStart, newEnd - newStart)).Append(" @@\n");
        var at = start;
        for (var i = first; i <= last; i++)
        {
            Append(text, ' ', old, at, runs[i].Start);
            Append(text, '-', old, runs[i].Start, runs[i].End);
            Append(text, '+', now, runs[i].NewStart, runs[i].NewStart + runs[i].NewCount);
            at = runs[i].End;
        }
        Append(text, ' ', old, at, end);
    }

    private static void Append(StringBuilder text, char sign, IReadOnlyList<TextLine> lines, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var (line, end) = lines[i];
            text.Append(sign).Append(line).Append(end is "\r\n" or "\r" ? "\r\n" : "\n");
            if (end.Length == 0)
            {
                text.Append("\\ No newline at end of file\n");
            }
        }
    }

    private static string Range(int start, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");
}

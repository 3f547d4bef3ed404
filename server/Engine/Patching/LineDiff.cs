using DiffPlex;

namespace CodexSidecar.Engine.Patching;

/// <summary>Old lines Start.. (Count of them, 0 for an insertion before Start) became new lines NewStart..; 0-based.</summary>
internal readonly record struct LineRun(int Start, int Count, int NewStart, int NewCount)
{
    public int End => Start + Count;
}

/// <summary>The changed runs between two lists of lines; one equal line separates two runs.</summary>
internal static class LineDiff
{
    /// <summary>Above this the diff of all-different texts takes seconds; then the changed middle is one run.</summary>
    private const int MostLines = 60_000;

    public static List<LineRun> Runs(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        var head = 0;
        while (head < old.Count && head < now.Count && old[head] == now[head])
        {
            head++;
        }
        var tail = 0;
        while (tail < old.Count - head && tail < now.Count - head && old[old.Count - 1 - tail] == now[now.Count - 1 - tail])
        {
            tail++;
        }
        var (oldCount, newCount) = (old.Count - head - tail, now.Count - head - tail);
        if (oldCount == 0 && newCount == 0)
        {
            return [];
        }
        if (oldCount == 0 || newCount == 0 || oldCount + newCount > MostLines)
        {
            return [new LineRun(head, oldCount, head, newCount)];
        }
        var diff = Differ.Instance.CreateDiffs(
            "old",
            "new",
            ignoreWhiteSpace: false,
            ignoreCase: false,
            new Middle(Slice(old, head, oldCount), Slice(now, head, newCount))
        );
        var runs = new List<LineRun>();
        foreach (var block in diff.DiffBlocks)
        {
            var run = new LineRun(head + block.DeleteStartA, block.DeleteCountA, head + block.InsertStartB, block.InsertCountB);
            if (runs is [.., var last] && last.End == run.Start && last.NewStart + last.NewCount == run.NewStart)
            {
                runs[^1] = new LineRun(last.Start, last.Count + run.Count, last.NewStart, last.NewCount + run.NewCount);
            }
            else
            {
                runs.Add(run);
            }
        }
        return runs;
    }

    private static string[] Slice(IReadOnlyList<string> lines, int start, int count)
    {
        var slice = new string[count];
        for (var i = 0; i < count; i++)
        {
            slice[i] = lines[start + i];
        }
        return slice;
    }

    /// <summary>Hands DiffPlex our own lines: its chunkers would drop the endings.</summary>
    private sealed class Middle(string[] old, string[] now) : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => text == "old" ? old : now;
    }
}

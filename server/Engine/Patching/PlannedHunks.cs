using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Patching;

/// <param name="WholeFile">Creation, deletion, move or another encoding: without it no other hunk of the file counts.</param>
internal sealed record PlannedHunk(string Id, LineRun Run, bool WholeFile = false, string Header = "")
{
    public Hunk ToHunk() => new(Id, From(Run.Start, Run.Count), Run.Count, From(Run.NewStart, Run.NewCount), Run.NewCount, Header);

    // An empty side names the line before it, as in a unified diff.
    private static int From(int start, int count) => count == 0 ? start : start + 1;
}

/// <summary>The hunks of one file, from its text before and after: the format the model used leaves no trace.</summary>
internal static class PlannedHunks
{
    private const int Context = 3;

    public static IReadOnlyList<PlannedHunk> Of(PlannedFile file, FileText? before, FileText? after)
    {
        var (old, now) = (Values(before), Values(after));
        if (before is null || after is null || !before.Coding.Equals(after.Coding))
        {
            return [new PlannedHunk(Id(file, "all", old, now, 0), new LineRun(0, old.Length, 0, now.Length), WholeFile: true)];
        }
        var hunks = new List<PlannedHunk>();
        if (file.From is not null)
        {
            hunks.Add(new PlannedHunk(Id(file, "move", [file.From], [file.Path], 0), default, WholeFile: true, $"moved from {file.From}"));
        }
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var run in LineDiff.Runs(old, now))
        {
            var around =
                string.Concat(old[Math.Max(0, run.Start - Context)..run.Start])
                + '\0'
                + string.Concat(old[run.End..Math.Min(old.Length, run.End + Context)]);
            var (gone, come) = (old[run.Start..run.End], now[run.NewStart..(run.NewStart + run.NewCount)]);
            var first = Id(file, around, gone, come, 0);
            var occurrence = seen[first] = seen.GetValueOrDefault(first) + 1;
            hunks.Add(new PlannedHunk(occurrence == 1 ? first : Id(file, around, gone, come, occurrence), run));
        }
        return hunks;
    }

    /// <summary>A line and its end: a change of only the end is a change.</summary>
    public static string[] Values(FileText? text) => text is null ? [] : [.. text.Lines.Select(line => line.ToString())];

    // Never a line number: an id outlives edits elsewhere, a restart and a replay.
    private static string Id(PlannedFile file, string around, IEnumerable<string> gone, IEnumerable<string> come, int occurrence)
    {
        var content = string.Join(
            '\0',
            file.Path,
            around,
            string.Concat(gone),
            string.Concat(come),
            occurrence.ToString(CultureInfo.InvariantCulture)
        );
        return "h" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..12];
    }
}

using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// Kills a process with all it started, where no namespace does it. A process that left the group and was adopted by init is still found by
/// the marker in its environment, unless it wiped that: only a sandbox is safe against such intent.
/// </summary>
internal static class ProcessTree
{
    private const int MostRounds = 200;

    /// <summary>Kills again and again until nothing of the family lives, at most for about two seconds.</summary>
    public static void Kill(int leader, string marker)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            Libc.Signal(-leader, Libc.Kill);
            var family = Living(leader, marker);
            if (family.Count == 0)
            {
                return;
            }
            foreach (var pid in family)
            {
                Libc.Signal(pid, Libc.Kill);
            }
            Thread.Sleep(round < 10 ? 1 : 10);
        }
    }

    private static List<int> Living(int leader, string marker)
    {
        var parents = new Dictionary<int, int>();
        var found = new HashSet<int> { leader };
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Parent(folder) is { } parent
            )
            {
                parents[pid] = parent;
                if (HasMarker(folder, marker))
                {
                    found.Add(pid);
                }
            }
        }
        for (var before = -1; before != found.Count; )
        {
            before = found.Count;
            found.UnionWith(parents.Where(entry => found.Contains(entry.Value)).Select(entry => entry.Key));
        }
        return [.. found.Where(parents.ContainsKey)];
    }

    /// <returns>Null for what is dead: gone, or a zombie waiting for its parent.</returns>
    private static int? Parent(string folder)
    {
        // pid (name, which may hold anything) state parent ...
        return
            Bytes(folder, "stat") is { Length: > 0 } bytes
            && Encoding.Latin1.GetString(bytes) is var text
            && text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [not ("Z" or "X"), var parent, ..]
            ? int.Parse(parent, CultureInfo.InvariantCulture)
            : null;
    }

    private static bool HasMarker(string folder, string marker) =>
        Bytes(folder, "environ").AsSpan().IndexOf(Encoding.UTF8.GetBytes(marker)) >= 0;

    private static byte[] Bytes(string folder, string name)
    {
        try
        {
            return File.ReadAllBytes(Path.Join(folder, name));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

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

    /// <summary>All of the family.</summary>
    public static void Kill(int leader, string marker) =>
        KillAll(() =>
        {
            Libc.Signal(-leader, Libc.Kill);
            return Living(leader, marker);
        });

    /// <summary>Kills again and again until none is found, at most for about two seconds: one that is killed may just have made a child
    /// that the look did not see (bubblewrap does, and the child waits for ever for it).</summary>
    public static void KillAll(Func<IReadOnlyList<int>> find)
    {
        for (var round = 0; round < MostRounds && find() is { Count: > 0 } living; round++)
        {
            foreach (var pid in living)
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

using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// Commands whose program was killed. They die with it, but for one case: bubblewrap makes a child, and is killed before it lets it go on.
/// That one has run nothing and waits for ever (seen with bubblewrap 0.8 in its read of an eventfd; <c>LeftCommandsSpecs</c>).
/// </summary>
internal static class LeftCommands
{
    private const string Variable = $"{ChildEnvironment.MarkerName}=";
    private static readonly Lazy<string> Space = new(() =>
        new FileInfo("/proc/self/ns/pid").LinkTarget is { } link ? string.Concat(link.Where(char.IsAsciiDigit)) : ""
    );
    private static readonly Lazy<string> Owner = new(() => $"{Environment.ProcessId}.{StartOf(Environment.ProcessId)}.{Space.Value}");

    /// <summary>For the environment of one command: which program it belongs to, and which command it is.</summary>
    public static string NewMarker() => $"{Owner.Value}.{Guid.NewGuid():n}";

    /// <summary>Ends what belongs to programs that are dead. What another container or user runs is not ours to judge.</summary>
    public static void End()
    {
        if (OperatingSystem.IsLinux())
        {
            ProcessTree.KillAll(Left);
        }
    }

    private static List<int> Left()
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && MarkerOf(folder)?.Split('.') is [var owner, var start, var space, _]
                // A program in a container counts its processes by itself, so nobody here can tell whether it lives.
                && space == Space.Value
                && StartOf(owner) != start
                && Stat(folder) is [not ("Z" or "X"), ..]
            )
            {
                found.Add(pid);
            }
        }
        return found;
    }

    private static string? MarkerOf(string folder) =>
        Encoding
            .UTF8.GetString(Bytes(Path.Join(folder, "environ")))
            .Split('\0')
            .LastOrDefault(one => one.StartsWith(Variable, StringComparison.Ordinal))
            is { } found
            ? found[Variable.Length..]
            : null;

    /// <returns>When it was started, as the kernel counts; empty: it is dead.</returns>
    private static string StartOf(object pid) =>
        Stat($"/proc/{pid}") is { Length: > 19 } stat && stat[0] is not ("Z" or "X") ? stat[19] : "";

    /// <returns>State, parent and so on: what stands behind the name, which may hold anything.</returns>
    private static string[]? Stat(string folder) =>
        Encoding.Latin1.GetString(Bytes(Path.Join(folder, "stat"))) is { Length: > 0 } text
            ? text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : null;

    private static byte[] Bytes(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>The mounts this process sees, by <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
internal static partial class MountTable
{
    private const int MountPoint = 4;

    /// <returns>The mounts that lie in a folder, not on it.</returns>
    public static IReadOnlyList<string> Below(string folder) => Below(folder, File.ReadLines("/proc/self/mountinfo"));

    public static IReadOnlyList<string> Below(string folder, IEnumerable<string> lines) =>
        [
            .. lines
                .Select(line => line.Split(' '))
                .Where(parts => parts.Length > MountPoint)
                .Select(parts => Unescape(parts[MountPoint]))
                .Where(point => point.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal) && point.TrimEnd('/') != folder)
                .Distinct(),
        ];

    /// <summary>Blanks, tabs, newlines and backslashes stand as three octal digits; all else as it is.</summary>
    private static string Unescape(string text) => Octal().Replace(text, digits => $"{(char)Convert.ToInt32(digits.Groups[1].Value, 8)}");

    [GeneratedRegex(@"\\(0[0-7]{2}|1[0-7]{2})")]
    private static partial Regex Octal();
}

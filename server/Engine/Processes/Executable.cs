using System.ComponentModel;

namespace CodexSidecar.Engine.Processes;

/// <summary>Finds the file that a command's first word means, before anything is started.</summary>
internal static class Executable
{
    private const int NoSuchFile = 2;

    /// <param name="path">The PATH of the child, not ours.</param>
    /// <param name="locate">Where a file lies that the child sees under its path, and null where it sees none; null: under that
    /// path.</param>
    /// <exception cref="Win32Exception">There is none; the message is what a shell would say.</exception>
    public static string Find(string name, string folder, string path, Func<string, string?>? locate = null)
    {
        var candidates =
            name.Contains('/') || Path.IsPathRooted(name)
                ? [Path.GetFullPath(name, folder)]
                : path.Split(Path.PathSeparator).Select(place => Path.Join(place, name));
        return candidates
            .SelectMany(WithExtensions)
            .FirstOrDefault(file => (locate is null ? file : locate(file)) is { } real && IsExecutable(real))
            ?? throw new Win32Exception(NoSuchFile, $"{name}: command not found");
    }

    private static IEnumerable<string> WithExtensions(string file) =>
        OperatingSystem.IsWindows() && Path.GetExtension(file).Length == 0 ? [$"{file}.exe", $"{file}.cmd", $"{file}.bat"] : [file];

    private static bool IsExecutable(string file) =>
        File.Exists(file)
        && (
            OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0
        );
}

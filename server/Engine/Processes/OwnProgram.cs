namespace CodexSidecar.Engine.Processes;

/// <summary>
/// This program, started again for a hidden job of its own: to be the probe inside a sandbox, or to lock itself in and become the command.
/// See <see cref="HiddenJobs"/>.
/// </summary>
internal static class OwnProgram
{
    private const string Name = "codex-sidecar";

    /// <summary>Start-up settings of the runtime for a process that lives for some milliseconds; no diagnostics socket is left in
    /// /tmp.</summary>
    public static readonly IReadOnlyDictionary<string, string> Quick = new Dictionary<string, string>
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_TieredPGO"] = "0",
    };

    /// <returns>What to put before the arguments; null when this code runs inside some other program.</returns>
    public static IReadOnlyList<string>? Find()
    {
        var (native, portable) = (
            Path.Join(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{Name}.exe" : Name),
            Path.Join(AppContext.BaseDirectory, $"{Name}.dll")
        );
        return File.Exists(native) ? [native]
            : File.Exists(portable) && Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) is "dotnet"
                ? [host, portable]
            : null;
    }

    /// <summary>Where this program lies, if it is what the command starts: a private /tmp must not hide it from itself.</summary>
    public static string? Folder(IReadOnlyList<string> argv) =>
        Find() is { } own && argv.Take(own.Count).SequenceEqual(own) ? Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) : null;
}

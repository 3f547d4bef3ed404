using CodexSidecar.Engine.Processes;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>A workspace on disk to run commands in, with everything a test needs to look at afterwards.</summary>
internal sealed class CommandFolder : IDisposable
{
    public CommandFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Join(System.IO.Path.GetTempPath(), $"commands-{Guid.NewGuid():n}");

    public string At(string name) => System.IO.Path.Join(Path, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    public void WriteProgram(string name, string text)
    {
        Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Read(string name) => File.ReadAllText(At(name));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Runs commands in a folder on one backend.</summary>
internal static class Running
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CommandResult> RunAsync(this Sandbox sandbox, CommandFolder folder, params string[] argv) =>
        await new CommandRunner(sandbox, TimeProvider.System).RunAsync(new(argv, folder.Path, TimeSpan.FromSeconds(60)), null, Token);

    public static Task<CommandResult> ShellAsync(this Sandbox sandbox, CommandFolder folder, string script) =>
        sandbox.RunAsync(folder, "bash", "-c", script);

    public static async Task<CommandResult> ShellAsync(this Sandbox sandbox, string folder, string script) =>
        await new CommandRunner(sandbox, TimeProvider.System).RunAsync(
            new(["bash", "-c", script], folder, TimeSpan.FromSeconds(60)),
            null,
            Token
        );

    /// <summary>Whether a process of the host lives; a zombie does not.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The living processes of the host whose command line holds the text, which only the test knows.</summary>
    public static IReadOnlyList<int> FindAlive(string text) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Where(name => int.TryParse(name, out _))
                .Select(name => int.Parse(name!))
                .Where(pid => CommandLineOf(pid).Contains(text, StringComparison.Ordinal) && IsAlive(pid)),
        ];

    private static string CommandLineOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

using System.Diagnostics;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

/// <summary>A workspace on disk, a folder beside it that nothing may touch, and what a test needs to set traps in both.</summary>
internal sealed class TreeFolder : IDisposable
{
    private readonly string top = System.IO.Path.Join(System.IO.Path.GetTempPath(), $"tree-{Guid.NewGuid():n}");

    public TreeFolder()
    {
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(Outside);
        File.WriteAllText(System.IO.Path.Join(Outside, "secret"), "outside");
    }

    public string Path => System.IO.Path.Join(top, "workspace");

    public string Outside => System.IO.Path.Join(top, "outside");

    public string Store => System.IO.Path.Join(top, "store");

    public string At(string name) => System.IO.Path.Join(Path, name);

    public void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
    }

    public string Read(string name) => File.ReadAllText(At(name));

    public void Link(string name, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.CreateSymbolicLink(At(name), target);
    }

    /// <summary>Runs a program in the workspace: git as the judge, and mkfifo and its kind, for which .NET has nothing.</summary>
    public string Run(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = start.Environment["GIT_CONFIG_SYSTEM"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return output.Result;
    }

    public void Shell(string script) => Run("sh", ["-c", script]);

    public void Dispose()
    {
        // By programs, because names that are no UTF-8 cannot be deleted by .NET.
        Shell($"chmod -R u+rwX '{top}'; cd / && rm -rf '{top}'");
    }
}

/// <summary>Who is asked with which answer, in one line each.</summary>
internal static class Asking
{
    public static WorkspacePath Disk(this string path) => WorkspacePath.OfDisk(path);

    public static string CodeOf(Action action) => Assert.Throws<WorkspaceException>(action).Code;

    public static string[] Names(this IEnumerable<FileFact> facts) => [.. facts.Select(fact => fact.Path.Value)];
}

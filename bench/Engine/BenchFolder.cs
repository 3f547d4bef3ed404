using System.Diagnostics;

namespace CodexSidecar.Bench;

/// <summary>A generated tree of text files, the same at every run, and programs run in it.</summary>
internal sealed class BenchFolder : IDisposable
{
    public const int Files = 10_000;

    private static readonly string[] Words = (
        "public class void return value string index buffer length stream async await task result count name list item path file "
        + "node tree left right parse write read open close"
    ).Split(' ');

    private readonly string top = Directory.CreateTempSubdirectory("codex-sidecar-bench-").FullName;

    public BenchFolder(int files)
    {
        var random = new Random(1);
        Directory.CreateDirectory(Path);
        File.WriteAllText(At(".gitignore"), "*.log\n/out/\n");
        for (var i = 0; i < files; i++)
        {
            var file = At($"src/part{i % 40}/folder{i % 400}/file{i}.cs");
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Text(random, i));
        }
    }

    public string Path => System.IO.Path.Join(top, "workspace");

    public string State => System.IO.Path.Join(top, "state");

    public string At(string name) => System.IO.Path.Join(Path, name);

    public string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path, RedirectStandardOutput = true };
        // Nobody's own configuration counts.
        (start.Environment["GIT_CONFIG_GLOBAL"], start.Environment["GIT_CONFIG_SYSTEM"], start.Environment["RIPGREP_CONFIG_PATH"]) = (
            "/dev/null",
            "/dev/null",
            ""
        );
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode <= 1
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}");
    }

    /// <summary>Milliseconds.</summary>
    public static async Task<double> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }

    public static string Row(string name, List<double> ours, List<double> theirs) =>
        $"{name, -44}{Median(ours), 9:F1} ms{Median(theirs), 9:F1} ms{Median(ours) / Median(theirs), 8:F2}   ({ours.Min():F1} "
        + $"to {ours.Max():F1}; {theirs.Min():F1} to {theirs.Max():F1})";

    public static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    public void Dispose() => Directory.Delete(top, recursive: true);

    /// <summary>About 4 KiB of lines; a rare word in one file of a hundred.</summary>
    private static string Text(Random random, int number)
    {
        var text = new System.Text.StringBuilder(
            $"public class Part{number} : Part{number / 3}\n{{\n    private readonly Part{number / 7} other = new Part{number / 7}();\n"
        );
        for (var line = 0; line < 100; line++)
        {
            text.Append(new string(' ', random.Next(4) * 4));
            for (var word = random.Next(2, 12); word > 0; word--)
            {
                text.Append(Words[random.Next(Words.Length)]).Append(random.Next(8) == 0 ? "." : " ");
            }
            text.Append(number % 100 == 0 && line == 50 ? $"RareWord{number}()\n" : ";\n");
        }
        return text.ToString();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using CodexSidecar.Engine.Processes;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>The child of macOS and Windows, on the system the tests run on.</summary>
public sealed class PlainChildSpecs : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly CommandFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_background_process_that_holds_the_output_does_not_keep_the_command_waiting()
    {
        using var child = Start("sleep 100000 & echo $!; echo done >&2; exit 3");

        var (output, exitCode) = await EndAsync(child);

        var left = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).First(line => line != "done");
        using var sleeping = Process.GetProcessById(int.Parse(left, CultureInfo.InvariantCulture));
        sleeping.Kill();
        Assert.Equal((3, true), (exitCode, output.Contains("done\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_kill_ends_the_whole_tree_and_the_wait_for_it()
    {
        using var child = Start("sleep 100000 & echo $!; wait");
        var line = new byte[64];
        var count = await Task.Run(() => child.Read(line), Running.Token).WaitAsync(Patience, Running.Token);
        var sleeping = Encoding.UTF8.GetString(line, 0, count).Trim();

        child.Kill();

        Assert.Equal(137, (await EndAsync(child)).ExitCode);
        Assert.True(SpinWait.SpinUntil(() => IsDead(sleeping), Patience));
        child.Kill();
    }

    [Fact]
    public async Task All_of_a_large_output_arrives_and_the_environment_is_the_given_one()
    {
        using var child = Start("env; head -c 3000000 /dev/zero | tr '\\0' x");

        var (output, exitCode) = await EndAsync(child);

        Assert.Equal((0, 3_000_000), (exitCode, output.Count(letter => letter == 'x')));
        Assert.Contains("ONLY=this\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("HOME=", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_arrive_word_for_word_and_nothing_waits_for_input()
    {
        using var child = PlainChild.Start(
            Launch("/bin/sh", "-c", "cat; printf '[%s]' \"$@\"", "sh", "", "a b", "\"quoted\" \\", "line\nbreak")
        );

        Assert.Equal("[][a b][\"quoted\" \\][line\nbreak]", (await EndAsync(child)).Output);
    }

    [Fact]
    public async Task A_child_that_is_talked_to_answers_until_it_ends()
    {
        using var child = PlainChild.Start(Launch("/bin/sh", "-c", "echo noise >&2; read line; echo \"got $line\"") with { Talks = true });

        Assert.True(child.Write("hello\n"u8));

        Assert.Equal(("got hello\n", 0), await EndAsync(child));
        Assert.False(child.Write("more\n"u8));
    }

    /// <summary>Gone, or waiting for somebody to ask how it ended.</summary>
    private static bool IsDead(string pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    private PlainChild Start(string script) => PlainChild.Start(Launch("/bin/sh", "-c", script));

    private Launch Launch(string program, params IReadOnlyList<string> arguments) =>
        new(program, arguments, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["ONLY"] = "this" }, folder.Path, "marker");

    private static async Task<(string Output, int ExitCode)> EndAsync(PlainChild child)
    {
        var reading = Task.Run(() => ReadAll(child), Running.Token);
        var exitCode = await Task.Run(child.WaitUntilAllDead, Running.Token).WaitAsync(Patience, Running.Token);
        return (await reading.WaitAsync(Patience, Running.Token), exitCode);
    }

    private static string ReadAll(PlainChild child)
    {
        using var all = new MemoryStream();
        var buffer = new byte[1_000];
        for (int count; (count = child.Read(buffer)) > 0; )
        {
            all.Write(buffer, 0, count);
        }
        return Encoding.UTF8.GetString(all.ToArray());
    }
}

using System.Diagnostics;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>Who is ended when a program was killed, and who is not.</summary>
public sealed class LeftCommandsSpecs
{
    [Theory]
    [InlineData("dead", true)]
    [InlineData("ours", false)]
    [InlineData("none", false)]
    [InlineData("elsewhere", false)]
    public async Task A_command_is_ended_when_its_program_is_dead(string owner, bool ends)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        using var command = new Process
        {
            StartInfo = new("cat") { RedirectStandardInput = true, RedirectStandardOutput = true },
        };
        command.StartInfo.Environment.Remove(ChildEnvironment.MarkerName);
        if (owner != "none")
        {
            // A process number is used again; the time of its start is another one then.
            command.StartInfo.Environment[ChildEnvironment.MarkerName] = owner switch
            {
                "ours" => LeftCommands.NewMarker(),
                "elsewhere" => $"{Environment.ProcessId}.1.1.{Guid.NewGuid():n}",
                _ => OfDead(),
            };
        }
        command.Start();
        try
        {
            // It answers, so it is itself and no copy of us any more.
            await command.StandardInput.WriteLineAsync("there");
            Assert.Equal("there", await command.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

            LeftCommands.End();

            await command.StandardInput.WriteLineAsync("still there");
            Assert.Equal(ends ? null : "still there", await command.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }
        catch (IOException) when (ends)
        {
            // Its input is closed already.
        }
        finally
        {
            command.Kill();
        }
    }

    /// <summary>One look finds the parent and not the child that it makes right then.</summary>
    [Fact]
    public async Task What_a_command_starts_while_it_is_ended_is_ended_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        var marker = OfDead();
        using var command = new Process
        {
            StartInfo = new("sh", ["-c", "echo there; i=0; while [ $i -lt 300 ]; do sleep 600 & i=$((i+1)); done; wait"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        command.StartInfo.Environment[ChildEnvironment.MarkerName] = marker;
        command.Start();
        Assert.Equal("there", await command.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        LeftCommands.End();

        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), folder =>
        {
            try
            {
                return File.ReadAllText(Path.Join(folder, "environ")).Contains(marker, StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });
    }

    /// <summary>No process of this number was ever started at 1: the number is in use again.</summary>
    private static string OfDead()
    {
        var parts = LeftCommands.NewMarker().Split('.');
        parts[1] = "1";
        return string.Join('.', parts);
    }
}

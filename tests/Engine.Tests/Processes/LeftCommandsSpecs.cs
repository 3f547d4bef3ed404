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
            command.StartInfo.Environment[ChildEnvironment.MarkerName] =
                owner == "ours" ? LeftCommands.NewMarker() : $"{Environment.ProcessId}.1.{Guid.NewGuid():n}";
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
}

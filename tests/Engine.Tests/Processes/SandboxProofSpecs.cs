using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

public sealed class SandboxProofSpecs
{
    [Theory]
    [InlineData("probe False False True True\n", false, false, null)]
    [InlineData("probe False False True True\n", true, false, "a command could write outside the workspace")]
    [InlineData("probe False False True True\n", false, true, "a command could reach a server of this machine")]
    [InlineData("probe False True True True\n", false, false, "a command could reach a server of this machine")]
    [InlineData("probe False False True False\n", false, false, "its system call filter is not in force")]
    [InlineData("probe False False False True\n", false, false, "loopback does not work inside it")]
    [InlineData("bwrap: no\nmore\n", false, false, "its trial ended with exit code 1: bwrap: no")]
    public void A_rung_is_trusted_only_after_its_trial(string output, bool fileIsThere, bool somebodyKnocked, string? fault)
    {
        var trial = new CommandResult(1, output, false, false, TimeSpan.Zero, SandboxKind.Bubblewrap);

        Assert.Equal(fault, SandboxProof.Judge(trial, fileIsThere, somebodyKnocked, needsLoopback: true));
    }

    /// <summary>The trial is able to fail: without a sandbox it gets everywhere.</summary>
    [Fact]
    public async Task The_trial_finds_out_that_there_is_no_sandbox()
    {
        using var world = new EscapeWorld();

        var fault = await SandboxProof.FindFaultAsync(
            Sandbox.WithoutAny(world.Workspace, "for the test", world.Read),
            world.Workspace,
            needsLoopback: true,
            Running.Token
        );

        Assert.Equal("a command could write outside the workspace", fault);
        Assert.Empty(world.Damage(""));
    }

    [Fact]
    public async Task A_sandbox_that_cannot_be_set_up_has_not_run_the_command()
    {
        Needs.Bubblewrap();
        using var world = new EscapeWorld();
        var (bubblewrap, _) = await Bubblewrap.FindAsync(world.Workspace, Running.Token);
        var broken = Sandbox.OnBackend(Path.Join(world.Workspace, "source.txt", "gone"), bubblewrap!, [], world.Read);

        var refused = await Assert.ThrowsAsync<SandboxException>(() =>
            new CommandRunner(broken, TimeProvider.System).RunAsync(
                new(["true"], world.Workspace, TimeSpan.FromSeconds(10)),
                null,
                Running.Token
            )
        );

        Assert.StartsWith("The sandbox could not be set up, so the command was not run: bwrap: ", refused.Message);
    }
}

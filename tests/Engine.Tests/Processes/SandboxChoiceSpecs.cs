using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;
using NSubstitute;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>No real sandbox fails on demand: stand-ins for one that lets everything through, and for one that does not start.</summary>
public sealed class SandboxChoiceSpecs
{
    [Fact]
    public async Task A_sandbox_whose_trial_fails_is_passed_over_and_the_reason_is_told()
    {
        using var world = new EscapeWorld();
        var leaky = Kind(SandboxKind.Landlock);
        leaky.Wrap(Arg.Any<InnerCommand>()).Returns(call => Unprotected(call.Arg<InnerCommand>()));
        var broken = Kind(SandboxKind.Seatbelt);
        broken.Wrap(Arg.Any<InnerCommand>()).Returns(_ => throw new SandboxException("its profile was refused"));

        var sandbox = await Sandbox.ProbeAsync(
            world.Workspace,
            [(_, _) => NotThere("it is not installed"), (_, _) => There(leaky), (_, _) => There(broken)],
            Running.Token,
            world.Read
        );

        Assert.Equal(SandboxKind.None, sandbox.Kind);
        Assert.Equal(
            "it is not installed; landlock does not hold here: a command could write outside the workspace; "
                + "seatbelt does not hold here: its profile was refused",
            sandbox.Description
        );
        Assert.Empty(world.Damage(""));
    }

    /// <summary>A socket that was to be covered is gone when bubblewrap looks for it: the next try works, and the first leaves no
    /// word.</summary>
    [Fact]
    public async Task A_start_that_is_made_again_leaves_nothing_in_the_output()
    {
        Needs.Bubblewrap();
        using var folder = new CommandFolder();
        var starts = await FailingStarts.MakeAsync(folder.Path, 2, Running.Token);
        var shown = new StringBuilder();

        var result = await new CommandRunner(starts.Sandbox, TimeProvider.System).RunAsync(
            new(["sh", "-c", "echo 'bwrap: not mine'; echo end"], folder.Path, TimeSpan.FromMinutes(1)),
            text => shown.Append(text),
            Running.Token
        );

        Assert.Equal((3, "bwrap: not mine\nend\n", "bwrap: not mine\nend\n"), (starts.Starts, result.Output, shown.ToString()));
    }

    private static ISandboxBackend Kind(SandboxKind kind)
    {
        var backend = Substitute.For<ISandboxBackend>();
        backend.Kind.Returns(kind);
        backend.MakeTemporary().Returns((string?)null);
        return backend;
    }

    private static Launch Unprotected(InnerCommand command) =>
        new(command.Argv[0], [.. command.Argv.Skip(1)], command.Environment, command.Folder, command.Marker);

    private static Task<(ISandboxBackend? Backend, string Problem)> There(ISandboxBackend backend) =>
        Task.FromResult<(ISandboxBackend?, string)>((backend, ""));

    private static Task<(ISandboxBackend? Backend, string Problem)> NotThere(string problem) =>
        Task.FromResult<(ISandboxBackend?, string)>((null, problem));
}

using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Landlock;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>The second backend, live where the kernel has Landlock.</summary>
public sealed class LandlockSpecs : IDisposable
{
    /// <summary>What the backend does not promise (docs/security.md), and what would be no fair trial of it.</summary>
    internal static readonly string[] NotPromised =
    [
        "changing a mode outside",
        "changing a time outside", // Landlock does not know these calls
        "somebody else's command line",
        "a disk",
        "a write to our own memory of the host", // the machine's own /proc and /dev are seen, and not written
        "a signal to all processes", // would end this test run where Landlock is too old for signals
        "a daemon with an empty environment", // nothing is left to know it by
    ];

    private readonly EscapeWorld world = new();

    public static TheoryData<string> Attempts => [.. Escapes.All.Select(one => one.Name).Except(NotPromised)];

    public void Dispose() => world.Dispose();

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task It_is_blocked(string attempt)
    {
        var script = world.Fill(Escapes.All.Single(one => one.Name == attempt).Script);

        var result = await RunAsync(
            script.Contains("try-", StringComparison.Ordinal) ? [OwnProgramOfTests.Path, "try-sh", script] : ["/bin/sh", "-c", script]
        );

        Assert.Equal(SandboxKind.Landlock, result.Sandbox);
        Assert.True(world.Damage(result.Output) is [], $"{string.Join("; ", world.Damage(result.Output))}\n{result.Output}");
    }

    [Fact]
    public async Task The_trial_of_a_session_holds_on_it() =>
        Assert.Null(await SandboxProof.FindFaultAsync(OnThisRung(), world.Workspace, needsLoopback: false, Running.Token));

    [Fact]
    public async Task A_trial_that_needs_loopback_says_what_is_missing() =>
        Assert.Equal(
            "loopback does not work inside it",
            await SandboxProof.FindFaultAsync(OnThisRung(), world.Workspace, needsLoopback: true, Running.Token)
        );

    [Fact]
    public async Task A_command_works_in_its_workspace_and_its_own_temporary_folder()
    {
        var result = await RunAsync([
            "/bin/sh",
            "-c",
            "mkdir d && echo x > d/f && mv d e && cat e/f source.txt && echo y > $TMPDIR/t && cat $TMPDIR/t && yes | head -1 && "
                + "echo $TMPDIR >&2; env | grep DOTNET_Enable; exit 7",
        ]);

        Assert.StartsWith("x\ntext\ny\ny\n", result.Output);
        Assert.DoesNotContain("DOTNET_Enable", result.Output);
        Assert.Equal(7, result.ExitCode);
        Assert.False(Directory.Exists(result.Output.Trim().Split('\n')[^1]), "its temporary folder goes with it");
    }

    [Fact]
    public async Task Signals_are_as_a_program_expects_them()
    {
        var result = await RunAsync(["bash", "-c", "yes | head -1; echo ${PIPESTATUS[0]}"]);

        Assert.Equal("y\n141\n", result.Output);
    }

    [Fact]
    public async Task What_was_changed_in_git_is_put_back_and_told()
    {
        var result = await RunAsync(["/bin/sh", "-c", "echo '[alias]' >> .git/config; echo x > .git/hooks/pre-commit"]);

        Assert.EndsWith("[undone: commands may not change what git runs: .git/config, .git/hooks/pre-commit]\n", result.Output);
        Assert.Equal("[core]\n\trepositoryformatversion = 0\n", File.ReadAllText(Path.Join(world.Workspace, ".git/config")));
    }

    [Fact]
    public void All_but_the_hidden_becomes_a_list_of_what_lies_beside_it()
    {
        string[] hidden = [Path.Join(world.Home, ".ssh"), Path.Join(world.Home, ".config", "gh")];
        Directory.CreateSymbolicLink(Path.Join(world.Home, "keys"), hidden[0]);
        Directory.CreateDirectory(Path.Join(world.Home, ".config", "editor"));

        var readable = LandlockPlan.Readable(world.Home, hidden);

        Assert.Equal(
            new[] { ".aws", ".bashrc", ".config/editor" }.Select(name => Path.Join(world.Home, name)),
            readable.Order(StringComparer.Ordinal)
        );
        Assert.Equal([world.Outside], LandlockPlan.Readable(world.Outside, hidden));
    }

    private Sandbox OnThisRung()
    {
        Needs.Landlock();
        return Sandbox.OnBackend(world.Workspace, LandlockSandbox.Find(world.Workspace).Backend!, [], world.Read);
    }

    private Task<CommandResult> RunAsync(IReadOnlyList<string> argv) =>
        new CommandRunner(OnThisRung(), TimeProvider.System).RunAsync(
            new(argv, world.Workspace, TimeSpan.FromSeconds(60)),
            null,
            Running.Token
        );
}

using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>Attempts to get out of the first backend, live, each looked at from the machine afterwards.</summary>
public sealed class EscapeSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Attempts => [.. Escapes.All.Select(one => one.Name)];

    public static TheoryData<string> Controls => [.. Escapes.All.Where(one => one.GetsOut).Select(one => one.Name)];

    public static TheoryData<string> Calls => [.. Escapes.Calls.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task It_is_blocked(string attempt)
    {
        using var world = new EscapeWorld();

        var result = await TryAsync(world, await SandboxAsync(world), attempt);

        Assert.Equal(SandboxKind.Bubblewrap, result.Sandbox);
        Assert.True(world.Damage(result.Output) is [], $"{string.Join("; ", world.Damage(result.Output))}\n{result.Output}");
    }

    /// <summary>The control: an attempt that would do nothing anyway proves nothing.</summary>
    [Theory]
    [MemberData(nameof(Controls))]
    public async Task Without_a_sandbox_it_gets_out_and_is_noticed(string attempt)
    {
        using var world = new EscapeWorld();

        var result = await TryAsync(world, Sandbox.WithoutAny(world.Workspace, "for the test", world.Read), attempt);

        Assert.True(world.Damage(result.Output) is not [], result.Output);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task The_kernel_does_not_even_look_at_it(string call)
    {
        var (_, x64, arm64, arguments, error) = Escapes.Calls.Single(one => one.Name == call);
        var number = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? x64 : arm64;
        using var world = new EscapeWorld();

        var result = await RunAsync(
            world,
            await SandboxAsync(world),
            [OwnProgramOfTests.Path, "try-syscall", $"{number}", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
        );

        Assert.Equal($"errno {error}\n", result.Output);
        Assert.Empty(world.Damage(result.Output));
    }

    [Fact]
    public async Task A_call_with_the_numbers_of_x32_is_refused()
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture is Architecture.X64,
            "needs an x64 processor: x32 is a way to call its kernel"
        );
        using var world = new EscapeWorld();

        var result = await RunAsync(world, await SandboxAsync(world), [OwnProgramOfTests.Path, "try-syscall", $"{0x40000000 + 39}"]);

        Assert.Equal("errno 1\n", result.Output);
    }

    [Fact]
    public async Task A_gigabyte_of_output_is_cut()
    {
        using var world = new EscapeWorld();

        var result = await RunAsync(world, await SandboxAsync(world), ["/bin/sh", "-c", "yes | head -c 1000000000"]);

        Assert.True(result.Truncated);
        Assert.InRange(result.Output.Length, 1 << 20, (1 << 20) + 100);
    }

    [Fact]
    public async Task A_fork_bomb_is_killed_whole()
    {
        using var world = new EscapeWorld();
        // It doubles as a bomb does, but ends at 2,047: the watch looks at the whole machine, and so do the other tests.
        var bomb = new CommandSpec(
            ["/bin/sh", "-c", world.Fill("f() { : $MARK; if [ $1 -gt 0 ]; then f $(($1 - 1)) & f $(($1 - 1)) & fi; sleep 60; }; f 10")],
            world.Workspace,
            Patience,
            Limits: new(Tasks: 400)
        );

        var result = await new CommandRunner(await SandboxAsync(world), TimeProvider.System).RunAsync(bomb, null, Running.Token);

        Assert.Equal("it started too many processes", result.Stopped);
        Assert.Null(result.ExitCode);
        Assert.Empty(world.Damage(result.Output));
    }

    [Fact]
    public async Task A_command_that_fills_the_disk_is_killed()
    {
        using var world = new EscapeWorld();
        var filling = new CommandSpec(["/bin/sh", "-c", "yes > big"], world.Workspace, Patience, Limits: new(DiskBytes: 64 << 20));

        var result = await new CommandRunner(await SandboxAsync(world), TimeProvider.System).RunAsync(filling, null, Running.Token);

        Assert.Equal("it was filling the disk", result.Stopped);
        Assert.EndsWith("[killed: it was filling the disk]\n", result.Output);
        Assert.Empty(world.Damage(result.Output));
    }

    [Fact]
    public async Task What_is_private_in_memory_has_a_limit()
    {
        using var world = new EscapeWorld();

        var result = await RunAsync(
            world,
            await SandboxAsync(world),
            ["/bin/sh", "-c", "df -k /tmp /var/tmp /dev/shm | tail -n +2 | while read -r a size b; do echo $size; done; touch /dev/x"]
        );

        Assert.StartsWith("2097152\n2097152\n2097152\n", result.Output);
        Assert.Contains("Read-only file system", result.Output);
    }

    [Fact]
    public async Task The_rung_these_attempts_run_on_is_the_one_a_session_finds()
    {
        using var world = new EscapeWorld();

        var sandbox = await Sandbox.ProbeAsync(world.Workspace, Running.Token, world.Read);

        Assert.Equal((await SandboxAsync(world)).Description, sandbox.Description);
        Assert.Empty(world.Damage(""));
    }

    private static async Task<Sandbox> SandboxAsync(EscapeWorld world)
    {
        Needs.Bubblewrap();
        return Sandbox.OnBackend(world.Workspace, (await Bubblewrap.FindAsync(world.Workspace, Running.Token)).Found!, [], world.Read);
    }

    private static Task<CommandResult> TryAsync(EscapeWorld world, Sandbox sandbox, string attempt)
    {
        var script = world.Fill(Escapes.All.Single(one => one.Name == attempt).Script);
        return script.Contains("try-", StringComparison.Ordinal)
            ? RunAsync(world, sandbox, [OwnProgramOfTests.Path, "try-sh", script])
            : RunAsync(world, sandbox, ["/bin/sh", "-c", script]);
    }

    private static Task<CommandResult> RunAsync(EscapeWorld world, Sandbox sandbox, IReadOnlyList<string> argv) =>
        new CommandRunner(sandbox, TimeProvider.System).RunAsync(new(argv, world.Workspace, Patience), null, Running.Token);
}

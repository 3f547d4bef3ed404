using System.Diagnostics;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>However a command over an overlay ends, nothing of the mount stays, and the next one goes on from there.</summary>
public sealed class OverlayEndSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Backends => [.. OverlayBackends.All];

    [Theory]
    [InlineData("bubblewrap")]
    [InlineData("landlock")]
    public async Task Nothing_stays_of_a_killed_program(string backend)
    {
        Needs.Overlay();
        OverlayBackends.Need(backend);
        using var world = new EscapeWorld(isWhole: true);
        using var program = Process.Start(
            new ProcessStartInfo(
                SecondProcess.Program,
                [
                    "--overlay-run",
                    backend,
                    world.Workspace,
                    world.Changes,
                    world.Fill("rm -rf .git; echo x > new; echo up; exec sleep $MARK"),
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Equal("up", await program.StandardOutput.ReadLineAsync(Running.Token));

        program.Kill();
        await program.WaitForExitAsync(Running.Token);

        Assert.True(SpinWait.SpinUntil(() => world.Damage("") is [], Patience), string.Join("; ", world.Damage("")));
        Assert.DoesNotContain(world.Workspace, await File.ReadAllTextAsync("/proc/self/mountinfo", Running.Token));
        var over = await OverlayBackends.NeedAsync(backend, OverlayMount.Make(world.Workspace, world.Changes), world.Read);
        var next = await Running.ShellAsync(over, world.Workspace, "cat new; ls -A");
        Assert.Equal("x\nbare\nlink\nnew\nsource.txt\ntree\nvendor\n", next.Output);
        Assert.Empty(world.Damage(""));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_cancelled_command_is_dead_and_the_next_one_sees_its_files(string backend)
    {
        using var folder = new OverlayFolder();
        var before = folder.Fingerprint();
        using var cancel = new CancellationTokenSource();
        var secret = Guid.NewGuid().ToString("n");
        var spec = new CommandSpec(
            ["bash", "-c", $"echo x > new; setsid bash -c 'exec -a {secret} sleep 7777' & echo up; wait"],
            folder.Workspace,
            TimeSpan.FromMinutes(1)
        );
        var runner = new CommandRunner(await folder.OverAsync(backend), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(spec, _ => cancel.Cancel(), cancel.Token));

        Assert.Empty(Running.FindAlive(secret));
        Assert.Equal("x\n", (await folder.ShellAsync(backend, "cat new")).Output);
        Assert.Equal(before, folder.Fingerprint());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task At_the_time_limit_the_whole_tree_is_dead(string backend)
    {
        using var folder = new OverlayFolder();
        var secret = Guid.NewGuid().ToString("n");
        var spec = new CommandSpec(
            ["bash", "-c", $"(setsid bash -c 'exec -a {secret} sleep 7777' &) ; exec -a {secret} sleep 7777"],
            folder.Workspace,
            TimeSpan.FromMilliseconds(300)
        );

        var result = await new CommandRunner(await folder.OverAsync(backend), TimeProvider.System).RunAsync(spec, null, Running.Token);

        Assert.True(result.TimedOut);
        Assert.Empty(Running.FindAlive(secret));
    }

    /// <summary>The disk that is watched is the one the changes are on.</summary>
    [Fact]
    public async Task A_command_that_fills_the_disk_of_the_changes_is_killed()
    {
        using var folder = new OverlayFolder();
        var spec = new CommandSpec(["/bin/sh", "-c", "yes > big"], folder.Workspace, Patience, Limits: new(DiskBytes: 64 << 20));

        var result = await new CommandRunner(await folder.OverAsync("bubblewrap"), TimeProvider.System).RunAsync(spec, null, Running.Token);

        Assert.Equal("it was filling the disk", result.Stopped);
    }

    /// <summary>A file system of 1 MiB, in namespaces of its own.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_full_disk_of_changes_is_the_commands_error_and_harms_nothing(string backend)
    {
        Needs.Overlay();
        OverlayBackends.Need(backend);
        using var folder = new OverlayFolder();
        var before = folder.Fingerprint();
        Directory.CreateDirectory(folder.Changes);

        var output = await Namespaces.RunAsync(
            "mount -t tmpfs -o size=1m none \"$1\"",
            folder.Changes,
            [
                "--overlay-run",
                backend,
                folder.Workspace,
                Path.Join(folder.Changes, "own"),
                "cat .env; rm latest; head -c 3000000 /dev/zero > big; echo $?",
            ]
        );

        Assert.StartsWith("NAME=value\n", output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", output, StringComparison.Ordinal);
        Assert.EndsWith("\n1\n", output, StringComparison.Ordinal);
        Assert.Equal(before, folder.Fingerprint());
    }
}

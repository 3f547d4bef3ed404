using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>
/// Every attempt of <see cref="EscapeSpecs"/> and <see cref="LandlockSpecs"/> once more over an overlay, and those that an overlay alone
/// makes possible. The workspace is then part of what may not change at all.
/// </summary>
public sealed class OverlayEscapeSpecs
{
    private static readonly Escape[] OfOverlays =
    [
        new(
            "the untouched workspace through the roots of processes",
            "for p in /proc/[0-9]*; do echo x > $p/root$WORKSPACE/source.txt; echo x > $p/root$WORKSPACE/.git/config; rm -rf "
                + "$p/cwd/.git; done"
        ),
        new(
            "the overlay is unmounted",
            "for u in '' 'unshare -Ur' 'unshare -Urm'; do $u umount $WORKSPACE; $u umount -l $WORKSPACE; done; cd $WORKSPACE; "
                + "echo x > source.txt; rm -rf .git"
        ),
        new(
            "the overlay is moved away",
            "mkdir m; mount --move $WORKSPACE m && echo ESCAPED; mount --bind $WORKSPACE m && echo ESCAPED; mount -t overlay -o "
                + "lowerdir=/ none m && echo ESCAPED; cd $WORKSPACE; echo x > source.txt"
        ),
        new(
            "the folder of changes is looked at",
            "ls $CHANGES/upper && echo ESCAPED; ls $CHANGES/work && echo ESCAPED; ls $CHANGES/* && echo ESCAPED"
        ),
        new(
            "a change is forged",
            "mkdir -p $CHANGES/upper; echo x > $CHANGES/upper/forged && echo ESCAPED; mv $CHANGES $CHANGES.old && echo ESCAPED; "
                + "ln -s $OUT $CHANGES/upper/out && echo ESCAPED; echo x > $CHANGES/lower/source.txt; rm -rf $CHANGES/lower/.git"
        ),
        new(
            "the workspace through the sources of the mounts",
            "for p in $(cut -d' ' -f4,9,10,11 /proc/self/mountinfo); do echo x > $p; done"
        ),
        new("a mark of a removed file", "mknod gone c 0 0 && echo ESCAPED"),
    ];

    /// <summary>All of them with npm run test:long. Without, a third of those that have been made without an overlay already: one as root,
    /// another as an ordinary user.</summary>
    private static IEnumerable<Escape> Chosen =>
        Escapes.All.Where((_, at) => Property.IsLong || at % 3 == (Environment.IsPrivilegedProcess ? 0 : 1)).Concat(OfOverlays);

    public static TheoryData<string, string> Attempts
    {
        get
        {
            var attempts = new TheoryData<string, string>();
            foreach (var name in Chosen.Select(one => one.Name))
            {
                attempts.Add("bubblewrap", name);
                if (!LandlockSpecs.NotPromised.Contains(name))
                {
                    attempts.Add("landlock", name);
                }
            }
            return attempts;
        }
    }

    public static TheoryData<string> Calls => [.. Escapes.Calls.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task It_is_blocked(string backend, string attempt)
    {
        using var world = new EscapeWorld(isWhole: true);
        var script = world.Fill(Escapes.All.Concat(OfOverlays).Single(one => one.Name == attempt).Script);

        var result = await RunAsync(
            backend,
            world,
            script.Contains("try-", StringComparison.Ordinal) ? [OwnProgramOfTests.Path, "try-sh", script] : ["/bin/sh", "-c", script]
        );

        Assert.Equal(backend, result.Sandbox.ToString().ToLowerInvariant());
        Assert.True(world.Damage(result.Output) is [], $"{string.Join("; ", world.Damage(result.Output))}\n{result.Output}");
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task The_kernel_does_not_even_look_at_it(string call)
    {
        var (_, x64, arm64, arguments, error) = Escapes.Calls.Single(one => one.Name == call);
        var number = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? x64 : arm64;
        using var world = new EscapeWorld(isWhole: true);

        var result = await RunAsync(
            "bubblewrap",
            world,
            [OwnProgramOfTests.Path, "try-syscall", $"{number}", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
        );

        Assert.Equal($"errno {error}\n", result.Output);
    }

    [Theory]
    [InlineData("bubblewrap")]
    [InlineData("landlock")]
    public async Task The_trial_of_a_session_holds_over_it(string backend)
    {
        using var world = new EscapeWorld(isWhole: true);
        var over = await OverlayBackends.NeedAsync(backend, OverlayMount.Make(world.Workspace, world.Changes), world.Read);

        Assert.Null(await SandboxProof.FindFaultAsync(over, world.Workspace, over.HasOwnLoopback, Running.Token));
        Assert.Empty(world.Damage(""));
    }

    private static async Task<CommandResult> RunAsync(string backend, EscapeWorld world, IReadOnlyList<string> argv)
    {
        var over = await OverlayBackends.NeedAsync(backend, OverlayMount.Make(world.Workspace, world.Changes), world.Read);
        return await new CommandRunner(over, TimeProvider.System).RunAsync(
            new(argv, world.Workspace, TimeSpan.FromSeconds(60)),
            null,
            Running.Token
        );
    }
}

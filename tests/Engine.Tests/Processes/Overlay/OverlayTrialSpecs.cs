using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>Where an overlay works, and the one sentence that says why it does not.</summary>
public sealed class OverlayTrialSpecs : IDisposable
{
    private readonly OverlayFolder folder = new();

    public static TheoryData<string> Backends => [.. OverlayBackends.All];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task It_works_here_and_the_trial_leaves_nothing(string backend)
    {
        Needs.Overlay();
        OverlayBackends.Need(backend);
        var before = folder.Fingerprint();
        var sandbox = await OverlayBackends.MakeAsync(backend, folder.Workspace, null);

        Assert.Null(await OverlayTrial.FindFaultAsync(sandbox, folder.Workspace, folder.Changes, Running.Token));

        Assert.Equal(before, folder.Fingerprint());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Changes));
    }

    [Fact]
    public async Task Without_the_programs_it_names_the_one_that_is_missing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        var sandbox = Sandbox.WithoutAny(folder.Workspace, "for the test", name =>
            name == "PATH" ? folder.Changes : Environment.GetEnvironmentVariable(name)
        );

        Assert.Equal(
            "unshare: command not found (it comes with util-linux)",
            await OverlayTrial.FindFaultAsync(sandbox, folder.Workspace, folder.Changes, Running.Token)
        );
    }

    [Fact]
    public async Task Changes_and_workspace_must_not_lie_in_each_other()
    {
        Needs.Overlay();
        var sandbox = Sandbox.WithoutAny(folder.Workspace, "for the test");
        var (below, above) = (Path.Join(folder.Workspace, "changes"), Path.GetDirectoryName(folder.Workspace)!);

        Assert.Equal(
            $"{below}, where changes would be kept, lies in the workspace",
            await OverlayTrial.FindFaultAsync(sandbox, folder.Workspace, below, Running.Token)
        );
        Assert.Equal(
            $"the workspace lies in {above}, where changes would be kept",
            await OverlayTrial.FindFaultAsync(sandbox, folder.Workspace, above, Running.Token)
        );
        Directory.Delete(below);
    }

    [Fact]
    public async Task A_mount_inside_the_workspace_is_named()
    {
        Needs.Overlay();
        var inside = Directory.CreateDirectory(Path.Join(folder.Workspace, "a b\n\\c")).FullName;

        var output = await Namespaces.RunAsync("mount -t tmpfs none \"$1\"", inside, ["--overlay-trial", folder.Workspace, folder.Changes]);

        Assert.Equal($"{inside} is mounted inside the workspace, and an overlay would not show it\n", output);
    }

    [Fact]
    public async Task Where_user_namespaces_are_switched_off_it_says_so()
    {
        Needs.Overlay();

        // As an ordinary user's program would be: without the right to mount, and no more namespaces to be had.
        var output = await Namespaces.RunAsync(
            "echo 0 > /proc/sys/user/max_user_namespaces",
            "",
            ["--overlay-trial", folder.Workspace, folder.Changes],
            mayMount: false
        );

        Assert.StartsWith("unshare: unshare failed: ", output, StringComparison.Ordinal);
    }

    /// <summary>The kernel takes no overlay as the upper folder of another; the next candidate does.</summary>
    [Fact]
    public async Task A_file_system_that_cannot_hold_changes_is_passed_over()
    {
        Needs.Overlay();
        var changes = Directory.CreateDirectory(folder.Changes).FullName;
        const string Setup = "cd \"$1\" && mkdir l u w on && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w,userxattr none on";

        var output = await Namespaces.RunAsync(Setup, changes, ["--overlay-trial", folder.Workspace, Path.Join(changes, "on")]);
        var next = await Namespaces.RunAsync(
            "cd \"$1\" && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w,userxattr none on",
            changes,
            ["--overlay-trial", folder.Workspace, Path.Join(changes, "on"), Path.Join(changes, "plain")]
        );

        Assert.StartsWith(
            $"the file system of {Path.Join(changes, "on")} cannot hold the changes of an overlay: ",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal($"works in {Path.Join(changes, "plain")}\n", next);
    }

    [Fact]
    public async Task A_workspace_that_is_an_overlay_itself_can_have_another()
    {
        Needs.Overlay();
        var changes = Directory.CreateDirectory(folder.Changes).FullName;

        var output = await Namespaces.RunAsync(
            "cd \"$1\" && mkdir u w && mount -t overlay -o \"lowerdir=../workspace,upperdir=u,workdir=w,userxattr\" none ../workspace",
            changes,
            ["--overlay-trial", folder.Workspace, Path.Join(changes, "own")]
        );

        Assert.Equal($"works in {Path.Join(changes, "own")}\n", output);
    }

    /// <summary>What the kernel refuses with EOVERFLOW: only our own number and group exist in the namespace.</summary>
    [Fact]
    public async Task A_project_of_another_group_is_refused_where_its_files_could_not_be_changed()
    {
        Needs.Root();
        Needs.Overlay();
        var none = Sandbox.WithoutAny(folder.Workspace, "for the test");
        await Running.ShellAsync(none, folder.Workspace, "chgrp 12345 src/add.c");

        var output = await Namespaces.StartAsync(
            "setpriv",
            ["--bounding-set", "-sys_admin", SecondProcess.Program, "--overlay-trial", folder.Workspace, folder.Changes]
        );

        Assert.StartsWith("over an overlay files of this workspace cannot be changed: ", output, StringComparison.Ordinal);
        Assert.Null(await OverlayTrial.FindFaultAsync(none, folder.Workspace, folder.Changes, Running.Token));
    }

    [Theory]
    [InlineData("5.10.0", "the kernel is too old for an overlay (5.10, needed is 5.11)")]
    [InlineData("5.11.0", null)]
    [InlineData("6.1.55", null)]
    public void An_old_kernel_is_told(string version, string? fault) =>
        Assert.Equal(fault, OverlayTrial.KernelFault(Version.Parse(version)));

    [Fact]
    public void Mounts_are_read_as_the_kernel_writes_them()
    {
        string[] lines =
        [
            "22 27 0:21 / /work rw,relatime - ext4 /dev/vda rw",
            @"23 22 0:22 / /work/a\040b\011\012\134c rw shared:1 - tmpfs tmpfs rw",
            "24 22 0:23 /x /work/deep/er ro - overlay overlay rw,lowerdir=a",
            "25 22 0:24 / /workshop rw - proc proc rw",
            "",
        ];

        Assert.Equal(["/work/a b\t\n\\c", "/work/deep/er"], MountTable.Below("/work", lines));
        Assert.Equal(["/work", "/work/a b\t\n\\c", "/work/deep/er", "/workshop"], MountTable.Below("/", lines));
    }
}

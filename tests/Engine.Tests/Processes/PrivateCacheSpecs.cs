using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Landlock;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>Programs that take a lock in their cache work in a home that is read-only, and find there what the user has.</summary>
public sealed class PrivateCacheSpecs : IDisposable
{
    private readonly CommandFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cache_is_the_commands_own_and_begins_with_what_the_user_has(bool isBubblewrap)
    {
        // In the workspace, since the test's own folder for temporary files is not seen inside.
        folder.Write("home/.cache/models/weights", "weights\n");
        folder.Write("home/.cache/uv/lock", "the user's\n");
        folder.Write("home/.gradle/wrapper/dists/gradle-9/abc/gradle-9/bin/gradle", "a distribution\n");
        folder.Write("home/.gradle/wrapper/dists/gradle-9/abc/gradle-9.zip.lck", "");
        folder.Write("home/.gradle/caches/modules-2/files", "");
        folder.Write("home/.gradle/gradle.properties", "password=x\n");
        var sandbox = await SandboxAsync(isBubblewrap);

        var result = await sandbox.ShellAsync(
            folder,
            """
            set -e
            cat $XDG_CACHE_HOME/models/weights
            mkdir $XDG_CACHE_HOME/tool && echo 1 > $XDG_CACHE_HOME/tool/lock
            mkdir -p $UV_CACHE_DIR $PIP_CACHE_DIR $PRE_COMMIT_HOME && echo 2 > $UV_CACHE_DIR/lock
            cat $GRADLE_USER_HOME/wrapper/dists/gradle-9/abc/gradle-9/bin/gradle
            echo 3 > $GRADLE_USER_HOME/wrapper/dists/gradle-9/abc/gradle-9.zip.lck
            ls $GRADLE_RO_DEP_CACHE
            ls -A $GRADLE_USER_HOME
            """
        );

        Assert.Equal("weights\na distribution\nmodules-2\nwrapper\n", result.Output);
        Assert.Equal(["models", "uv"], Directory.GetDirectories(folder.At("home/.cache")).Select(Path.GetFileName).Order());
        Assert.Equal(
            ("the user's\n", ""),
            (folder.Read("home/.cache/uv/lock"), folder.Read("home/.gradle/wrapper/dists/gradle-9/abc/gradle-9.zip.lck"))
        );
    }

    [Theory]
    [InlineData("Error: EROFS: read-only file system, mkdir '/home/ann/.cache/tool'", "/home/ann/.cache/tool")]
    [InlineData("OSError: [Errno 30] Read-only file system: '/home/ann/.m2/repository/x'", "/home/ann/.m2/repository/x")]
    [InlineData("touch: cannot touch '/home/ann/x': Read-only file system\n", "/home/ann/x")]
    [InlineData("java.io.FileNotFoundException: /home/ann/.gradle/a.lck (Read-only file system)", "/home/ann/.gradle/a.lck")]
    [InlineData("EROFS: read-only file system, open '/work/app/out.txt'", null)] // the workspace is writable: that is the project's own
    [InlineData("at /home/ann/x\nAssertionError: expected a read-only file", null)]
    [InlineData("see https://example.org/erofs: read-only file system", null)]
    public void The_place_of_a_stopped_write_is_read_from_the_output(string output, string? expected) =>
        Assert.Equal(expected, StoppedWrite.Find($"before\n{output}\nafter", "/work/app"));

    private async Task<Sandbox> SandboxAsync(bool isBubblewrap)
    {
        string? Read(string name) => name == "HOME" ? folder.At("home") : Environment.GetEnvironmentVariable(name);
        if (isBubblewrap)
        {
            Needs.Bubblewrap();
            return await Sandbox.ProbeAsync(folder.Path, Running.Token, Read);
        }
        Needs.Landlock();
        return Sandbox.OnBackend(folder.Path, LandlockSandbox.Find(folder.Path).Backend!, [], Read);
    }
}

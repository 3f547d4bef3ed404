using CodexSidecar.Engine.Shadows;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Shadows;

public sealed class ShadowFolderSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Own => $"codex-sidecar-{Environment.UserName}";

    [Fact]
    public void Memory_is_the_second_place()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Assert.Equal([folder["state"], folder[$"{Own}/shadows"]], ShadowFolder.Places(folder["state"], folder.Path));
        Assert.Equal([folder["state"]], ShadowFolder.Places(folder["state"], folder["missing"]));
    }

    /// <summary>All users may make names in /dev/shm: one who was there first could change what a shadow holds.</summary>
    [Theory]
    [InlineData("open")]
    [InlineData("link")]
    [InlineData("another user's")]
    public void A_folder_that_is_not_ours_alone_is_not_used(string planted)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        switch (planted)
        {
            case "open":
                Directory.CreateDirectory(folder[Own]);
                FileModes.Set(folder[Own], (UnixFileMode)0x1C7);
                break;
            case "link":
                Directory.CreateDirectory(folder["elsewhere"]);
                File.CreateSymbolicLink(folder[Own], folder["elsewhere"]);
                break;
            default:
                Needs.Root();
                Directory.CreateDirectory(folder[Own]);
                using (var chown = System.Diagnostics.Process.Start("chown", ["65534", folder[Own]]))
                {
                    chown.WaitForExit();
                }
                break;
        }

        Assert.Equal([folder["state"]], ShadowFolder.Places(folder["state"], folder.Path));
    }

    [Fact]
    public async Task What_a_killed_program_left_goes_and_what_is_in_use_stays()
    {
        Directory.CreateDirectory(folder["shadows/dead/upper"]);
        folder.With("shadows/dead/upper/a.txt", "x").With("shadows/dead.lock", "");
        await using var first = await ShadowFolder.MakeAsync(folder["shadows"], "first");
        Directory.CreateDirectory(first.FullPath);

        await using (var second = await ShadowFolder.MakeAsync(folder["shadows"], "second"))
        {
            Directory.CreateDirectory(second.FullPath);
            Assert.False(Directory.Exists(folder["shadows/dead"]));
            Assert.True(Directory.Exists(first.FullPath));
            await Assert.ThrowsAsync<IOException>(() => ShadowFolder.MakeAsync(folder["shadows"], "first"));
        }

        Assert.Equal(["first", "first.lock"], Directory.EnumerateFileSystemEntries(folder["shadows"]).Select(Path.GetFileName).Order());
    }
}

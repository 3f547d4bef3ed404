using System.Runtime.InteropServices;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

/// <summary>Once a folder is closed, another file may have its number: no call may go there.</summary>
public sealed class ClosedFolderSpecs
{
    [Fact]
    public void A_closed_folder_is_nobodys_number_any_more()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && LinuxCalls.KnowThisProcessor, "needs Linux, whose calls these are");
        var folder = LinuxCalls.OpenRoot(Path.GetTempPath());
        folder.Dispose();

        Action<SafeHandle>[] calls =
        [
            closed => LinuxCalls.TryStat(closed, "", out _),
            closed => LinuxCalls.Open(closed, "x", 0, 0),
            closed => LinuxCalls.ReadEntries(closed, new byte[4096]),
            closed => LinuxCalls.ReadLink(closed, "x"),
            closed => LinuxCalls.PathOf(closed),
            closed => LinuxCalls.Remove(closed, "no such file"),
            closed => LinuxCalls.Rename(closed, "no such file", closed, "other", 0),
            closed => LinuxCalls.MayWrite(closed, "x"),
            closed => LinuxCalls.Flush(closed),
        ];
        Assert.All(calls, call => Assert.Throws<ObjectDisposedException>(() => call(folder)));
    }
}

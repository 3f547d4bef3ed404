using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Landlock;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>The sandboxes that are tried over an overlay.</summary>
internal static class OverlayBackends
{
    public static readonly string[] All = ["bubblewrap", "landlock", "none"];

    /// <summary>A sandbox over an overlay, or the test is skipped.</summary>
    public static async Task<Sandbox> NeedAsync(string backend, OverlayMount mount, Func<string, string?>? read = null)
    {
        Needs.Overlay();
        Need(backend);
        return (await MakeAsync(backend, mount.Workspace, read)).Over(mount);
    }

    public static void Need(string backend)
    {
        if (backend == "bubblewrap")
        {
            Needs.Bubblewrap();
        }
        if (backend == "landlock")
        {
            Needs.Landlock();
        }
    }

    public static async Task<Sandbox> MakeAsync(string backend, string workspace, Func<string, string?>? read) =>
        backend switch
        {
            "bubblewrap" => Sandbox.OnBackend(workspace, (await Bubblewrap.FindAsync(workspace, CancellationToken.None)).Found!, [], read),
            "landlock" => Sandbox.OnBackend(workspace, LandlockSandbox.Find(workspace).Backend!, [], read),
            "none" => Sandbox.WithoutAny(workspace, "for the test", read),
            _ => throw new ArgumentOutOfRangeException(nameof(backend)),
        };
}

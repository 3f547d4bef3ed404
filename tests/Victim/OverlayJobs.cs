using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Landlock;
using CodexSidecar.Engine.Processes.Overlay;

namespace CodexSidecar.Victim;

/// <summary>Overlays in a process of its own: one that is killed, or that stands in namespaces of its own.</summary>
internal static class OverlayJobs
{
    public static bool Knows(string[] args) => args[0].StartsWith("--overlay-", StringComparison.Ordinal);

    public static Task<int> RunAsync(string[] args) =>
        args switch
        {
            ["--overlay-trial", var workspace, .. var folders] => TryAsync(workspace, folders),
            ["--overlay-run", var backend, var workspace, var changes, var script] => RunAsync(backend, workspace, changes, script),
            _ => Task.FromResult(2),
        };

    private static async Task<int> TryAsync(string workspace, string[] folders)
    {
        var none = Sandbox.WithoutAny(workspace, "for the test");
        var (folder, problem) = await OverlayTrial.FindFolderAsync(none, workspace, folders, default);
        Console.WriteLine(folder is null ? problem : $"works in {folder}");
        return 0;
    }

    private static async Task<int> RunAsync(string backend, string workspace, string changes, string script)
    {
        try
        {
            var over = (await MakeAsync(backend, workspace)).Over(OverlayMount.Make(workspace, changes));
            var spec = new CommandSpec(["/bin/sh", "-c", script], workspace, TimeSpan.FromMinutes(2));
            await new CommandRunner(over, TimeProvider.System).RunAsync(spec, Console.Write, default);
        }
        catch (SandboxException refused)
        {
            Console.WriteLine(refused.Message);
        }
        return 0;
    }

    private static async Task<Sandbox> MakeAsync(string backend, string workspace) =>
        backend == "none"
            ? Sandbox.WithoutAny(workspace, "for the test")
            : Sandbox.OnBackend(
                workspace,
                backend == "landlock" ? LandlockSandbox.Find(workspace).Backend! : (await Bubblewrap.FindAsync(workspace, default)).Found!,
                []
            );
}

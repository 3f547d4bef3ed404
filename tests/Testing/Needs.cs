using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Landlock;
using CodexSidecar.Engine.Processes.Overlay;
using Xunit;

namespace CodexSidecar.Testing;

/// <summary>
/// What a test needs and a machine may lack. Where it is missing the test is skipped with one sentence that says how to get it; in the gate
/// a skip is a failure unless tests/skips.json has its sentence (scripts/testing/results.mjs).
/// </summary>
internal static class Needs
{
    private static readonly Lazy<string?> withoutBubblewrap = new(FindBubblewrapProblem);
    private static readonly Lazy<string?> withoutLandlock = new(FindLandlockProblem);

    private static readonly Lazy<string?> withoutOverlay = new(FindOverlayProblem);

    public static void Bubblewrap() => Assert.SkipUnless(withoutBubblewrap.Value is null, $"needs {withoutBubblewrap.Value}");

    public static void Landlock() => Assert.SkipUnless(withoutLandlock.Value is null, $"needs {withoutLandlock.Value}");

    public static void Overlay() => Assert.SkipUnless(withoutOverlay.Value is null, $"needs {withoutOverlay.Value}");

    public static void Sandbox() =>
        Assert.SkipUnless(withoutBubblewrap.Value is null || withoutLandlock.Value is null, $"needs {withoutBubblewrap.Value}");

    public static void Python() => Program("python3", "python3 (apt install python3)");

    public static void Ripgrep() => Program("rg", "ripgrep (apt install ripgrep)");

    public static void Root() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    public static void OrdinaryUser() => Assert.SkipWhen(Environment.IsPrivilegedProcess, "needs an ordinary user: root may do everything");

    private static void Program(string name, string told) => Assert.SkipUnless(IsOnPath(name), $"needs {told}");

    private static bool IsOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Join(folder, name)));

    private static string? FindBubblewrapProblem()
    {
        if (!IsOnPath("bwrap"))
        {
            return "bubblewrap (apt install bubblewrap)";
        }
        using var folder = new TemporaryFolder();
        // Tried out as a session does it: where containers forbid namespaces, the program alone is no sandbox.
        var sandbox = Engine.Processes.Sandbox.ProbeAsync(folder.Path, CancellationToken.None).GetAwaiter().GetResult();
        return sandbox.Kind is SandboxKind.Bubblewrap ? null : $"a bubblewrap that works here: {sandbox.Description}";
    }

    private static string? FindOverlayProblem()
    {
        using var folder = new TemporaryFolder();
        var workspace = Directory.CreateDirectory(folder["workspace"]).FullName;
        var none = Engine.Processes.Sandbox.WithoutAny(workspace, "for the test");
        var fault = OverlayTrial.FindFaultAsync(none, workspace, folder["changes"], CancellationToken.None).GetAwaiter().GetResult();
        return fault is null ? null : $"a kernel that mounts overlays for ordinary users (from 5.11, with user namespaces): {fault}";
    }

    private static string? FindLandlockProblem()
    {
        using var folder = new TemporaryFolder();
        var (backend, problem) = LandlockSandbox.Find(folder.Path);
        return backend is null ? $"a kernel with Landlock: {problem}" : null;
    }
}

using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Landlock;
using CodexSidecar.Engine.Processes.Overlay;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>What a sandbox costs per command. Run by bench/sandbox.mjs; never with the other tests, for it asserts nothing.</summary>
public sealed class SandboxBenchmark
{
    private const int Runs = 200;

    [Fact(Explicit = true)]
    public async Task Cost_of_true()
    {
        using var folder = new CommandFolder();
        // Where the state folder is: Landlock has a rule for each neighbour of what it hides, and /tmp has many.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var changes = Path.Join(home, $".codex-sidecar-overlay-{Guid.NewGuid():n}");
        folder.Write(".git/config", "");
        var (bubblewrap, _) = await Bubblewrap.FindAsync(folder.Path, Running.Token);
        var (landlock, _) = LandlockSandbox.Find(folder.Path);
        var backends = new List<(string Name, CommandRunner Runner)>();
        var mounts = new List<OverlayMount>();
        foreach (var backend in new ISandboxBackend?[] { bubblewrap, landlock }.OfType<ISandboxBackend>())
        {
            var (name, sandbox) = (backend.Kind.ToString().ToLowerInvariant(), Sandbox.OnBackend(folder.Path, backend, []));
            backends.Add((name, new CommandRunner(sandbox, TimeProvider.System)));
            if (await OverlayTrial.FindFaultAsync(sandbox, folder.Path, changes, Running.Token) is null)
            {
                mounts.Add(OverlayMount.Make(folder.Path, Path.Join(changes, name)));
                backends.Add(($"{name}_over_overlay", new CommandRunner(sandbox.Over(mounts[^1]), TimeProvider.System)));
            }
        }
        var times = backends.Select(backend => backend.Name).Prepend("plain").ToDictionary(name => name, _ => new List<double>());

        // In turn, so that what else the machine does falls on all alike.
        for (var run = -10; run < Runs; run++)
        {
            var started = TimeProvider.System.GetTimestamp();
            using (var plain = System.Diagnostics.Process.Start("/bin/true"))
            {
                plain.WaitForExit();
            }
            if (run >= 0)
            {
                times["plain"].Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
            foreach (var (name, runner) in backends)
            {
                var result = await runner.RunAsync(new(["/bin/true"], folder.Path, TimeSpan.FromSeconds(30)), null, Running.Token);
                Assert.Equal(0, result.ExitCode);
                if (run >= 0)
                {
                    times[name].Add(result.Duration.TotalMilliseconds);
                }
            }
        }
        foreach (var mount in mounts)
        {
            await mount.RemoveAsync();
        }
        Directory.Delete(changes);
        foreach (var (name, values) in times)
        {
            values.Sort();
            TestContext.Current.SendDiagnosticMessage(
                FormattableString.Invariant(
                    $"sandbox {name} {values[Runs / 2]:0.00} {values[Runs / 20]:0.00} {values[Runs * 19 / 20]:0.00} {values[0]:0.00}"
                )
            );
        }
    }
}

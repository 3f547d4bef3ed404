using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.State;

/// <summary>
/// What has to be done when a run ends, step by step. A step that fails becomes a notice, and the next one comes all the same.
/// </summary>
internal sealed class EndSteps(SidecarHome home, Action<RunEvent> emit)
{
    private readonly List<string> untold = [];

    /// <summary>What could not be said by a notice either: it belongs into the last event's message.</summary>
    public string Untold => string.Concat(untold.Select(one => $" {one}"));

    /// <param name="step">Its name for tests, which let it fail.</param>
    /// <param name="otherwise">What it means for the user when it fails.</param>
    /// <returns>It did not fail.</returns>
    public bool Do(string step, string otherwise, Action work) =>
        Note(
            otherwise,
            Guarded.Try(() =>
            {
                home.AtStep?.Invoke(step);
                work();
            })
        );

    /// <inheritdoc cref="Do"/>
    public async Task DoAsync(string step, string otherwise, Func<Task> work) =>
        Note(
            otherwise,
            await Guarded.TryAsync(() =>
            {
                home.AtStep?.Invoke(step);
                return work();
            })
        );

    private bool Note(string otherwise, Exception? fault)
    {
        if (fault is null)
        {
            return true;
        }
        var why = DiskFault.Find(fault)?.Sentence ?? (fault is SandboxException ? fault.Message : FaultLog.Write(home, fault, out _));
        if (Guarded.Try(() => emit(new NoticeRaised(Severity.Warning, otherwise, why))) is not null)
        {
            untold.Add($"{otherwise}: {why}");
        }
        return false;
    }
}

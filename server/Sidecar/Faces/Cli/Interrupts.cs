using System.Runtime.InteropServices;

namespace CodexSidecar.Faces.Cli;

/// <summary>Ctrl+C, SIGTERM and a closed terminal: the first ends the run cleanly, the second ends the program at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Action onFirst;

    public Interrupts(Action onFirst)
    {
        this.onFirst = onFirst;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        }
    }

    public CancellationToken Token => source.Token;

    private void Handle(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
        {
            return; // not cancelled: the system's own way, the program dies of the signal
        }
        context.Cancel = true;
        onFirst();
        source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
        source.Dispose();
    }
}

using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Hears for the caller: one call at a time, and something at least every second while the model is silent. Where the server does not say
/// how far it has read the prompt, the measured speed does, as an estimate.
/// </summary>
internal sealed class ProgressTicks(IModelListener listener, Endpoint endpoint, TimeProvider time) : IModelListener, IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock guard = new();
    private ITimer? timer;
    private long toldAt;
    private bool isDecoding;
    private bool serverTells;

    public void Waiting(ModelCall call)
    {
        Told(() => listener.Progress("waiting", null, estimated: false));
        timer = time.CreateGuardedTimer(() => Tick(call), _ => { }, Second, Second, call.Log);
    }

    public void Decoding(ModelCall call, int letters)
    {
        lock (guard)
        {
            if (isDecoding && time.GetElapsedTime(toldAt) < Second)
            {
                return;
            }
            isDecoding = true;
            toldAt = time.GetTimestamp();
            var most = endpoint.Memory.Thinks is true ? call.Limit : call.Prompt.MaxOutputTokens;
            listener.Progress("decode", Math.Min(0.99, letters / 3.3 / most), estimated: true);
        }
    }

    public void Text(string piece) => Told(() => listener.Text(piece));

    public void Thought(string piece) => Told(() => listener.Thought(piece));

    public void Notice(string title, string description) => Told(() => listener.Notice(title, description));

    public void Progress(string phase, double? fraction, bool estimated)
    {
        lock (guard)
        {
            var isFirst = !serverTells;
            serverTells = true;
            if (!isFirst && time.GetElapsedTime(toldAt) < Second)
            {
                return;
            }
            toldAt = time.GetTimestamp();
            listener.Progress(phase, fraction, estimated);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }
    }

    private void Tick(ModelCall call)
    {
        lock (guard)
        {
            var sent = call.SentAt;
            if (isDecoding || serverTells || sent == 0)
            {
                return;
            }
            var speed = endpoint.Memory.PrefillSpeed;
            double? fraction =
                speed > 0 && call.PromptTokens > 0
                    ? Math.Min(0.99, time.GetElapsedTime(sent).TotalSeconds * speed / call.PromptTokens)
                    : null;
            listener.Progress(fraction is null ? "waiting" : "prefill", fraction, estimated: fraction is not null);
        }
    }

    private void Told(Action tell)
    {
        lock (guard)
        {
            tell();
        }
    }
}

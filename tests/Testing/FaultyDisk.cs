namespace CodexSidecar.Testing;

/// <summary>A disk that is full at one step of a run, or from one step on: the n-th behind a step with a given name, or of all.</summary>
internal sealed class FaultyDisk
{
    private const int Full = 28;
    private readonly Lock gate = new();
    private readonly List<string> refused = [];
    private Func<string, bool> begins = _ => false;
    private bool hasBegun;
    private bool stays;
    private int left;

    /// <summary>The steps that failed, in order.</summary>
    public IReadOnlyList<string> Refused
    {
        get
        {
            lock (gate)
            {
                return [.. refused];
            }
        }
    }

    /// <param name="step">From 1, which is the beginning itself.</param>
    /// <param name="isFullFromThen">All later steps fail, too.</param>
    /// <param name="begin">The steps count from this one on; null: from the next one.</param>
    public void FailAt(int step, bool isFullFromThen, Func<string, bool>? begin = null)
    {
        lock (gate)
        {
            (left, stays, begins, hasBegun) = (step, isFullFromThen, begin ?? (_ => true), false);
        }
    }

    public void Heal() => FailAt(0, isFullFromThen: false, _ => false);

    public void Step(string name)
    {
        lock (gate)
        {
            hasBegun |= begins(name);
            if (!hasBegun || --left > 0 || (left < 0 && !stays))
            {
                return;
            }
            refused.Add(name);
        }
        throw new IOException($"No space left on device : '{name}'", Full);
    }
}

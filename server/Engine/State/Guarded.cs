namespace CodexSidecar.Engine.State;

/// <summary>The border of a run and of each step of its end: what is thrown here goes no further.</summary>
internal static class Guarded
{
    /// <returns>What was thrown; null: nothing.</returns>
    public static Exception? Try(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    /// <returns>What was thrown; null: nothing.</returns>
    public static async Task<Exception?> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }
}

/// <summary>Let go of in the opposite order: all of them, whatever one of them throws.</summary>
internal sealed class DisposableStack : IDisposable
{
    private readonly Stack<IDisposable> held = new();

    public T Add<T>(T one)
        where T : IDisposable
    {
        held.Push(one);
        return one;
    }

    public void Dispose()
    {
        while (held.TryPop(out var last))
        {
            Guarded.Try(last.Dispose);
        }
    }
}

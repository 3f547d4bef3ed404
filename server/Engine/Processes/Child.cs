namespace CodexSidecar.Engine.Processes;

/// <summary>A started command together with everything it starts. All calls but <see cref="Kill"/> block: give them a thread.</summary>
internal abstract class Child : IDisposable
{
    public abstract int Id { get; }

    /// <summary>Known when all is dead; false: the sandbox could not be set up, and what was printed says why.</summary>
    public bool DidStart { get; protected set; } = true;

    /// <summary>Waits for output.</summary>
    /// <returns>The number of bytes; 0 when nothing more will come.</returns>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Writes to the standard input of a child that talks; waits while it does not read.</summary>
    /// <returns>False: it reads no more.</returns>
    public abstract bool Write(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the command has ended, then until everything it left behind is dead.</summary>
    /// <returns>The exit code as a shell counts.</returns>
    public abstract int WaitUntilAllDead();

    /// <summary>Kills the whole tree at once. From any thread, at any time, more than once.</summary>
    public abstract void Kill();

    public abstract void Dispose();

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static Task<Child> StartAsync(Launch launch) =>
        OperatingSystem.IsLinux()
            ? SpawnThread.RunAsync<Child>(() => LinuxChild.Start(launch))
            : Task.FromResult<Child>(PlainChild.Start(launch));
}

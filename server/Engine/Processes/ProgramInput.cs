namespace CodexSidecar.Engine.Processes;

/// <summary>
/// What a program reads. What was written goes out with <see cref="FlushAsync"/>, which nothing but the program's end interrupts: half a
/// message would spoil the next one. For one writer at a time.
/// </summary>
/// <param name="send">Throws an <see cref="IOException"/> when the program reads no more.</param>
internal sealed class ProgramInput(Func<ReadOnlyMemory<byte>, Task> send) : Stream
{
    private readonly MemoryStream written = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => written.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => written.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        written.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        written.Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        var bytes = written.ToArray();
        written.SetLength(0);
        return bytes.Length == 0 ? Task.CompletedTask : send(bytes);
    }

    /// <summary>Would block for as long as the program does not read.</summary>
    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

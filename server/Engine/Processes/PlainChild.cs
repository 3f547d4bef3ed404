using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodexSidecar.Engine.Processes;

/// <summary>A child on systems other than Linux, started by .NET: two pipes, read as they deliver, and a tree killed by parentage.</summary>
internal sealed class PlainChild : Child
{
    private readonly Process process;
    private readonly BlockingCollection<byte[]> chunks = new(boundedCapacity: 16);
    private readonly Task pumps;
    private byte[] rest = [];

    private PlainChild(Process process, bool talks)
    {
        this.process = process;
        if (!talks)
        {
            process.StandardInput.Close();
        }
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, keep: true), PumpAsync(process.StandardError.BaseStream, keep: !talks));
        _ = pumps.ContinueWith(_ => chunks.CompleteAdding(), TaskScheduler.Default);
    }

    public override int Id => process.Id;

    public static PlainChild Start(Launch launch)
    {
        var start = new ProcessStartInfo(launch.Program, launch.Arguments)
        {
            WorkingDirectory = launch.Folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }
        return new(Process.Start(start)!, launch.Talks);
    }

    public override int Read(Span<byte> buffer)
    {
        if (rest.Length == 0 && !chunks.TryTake(out rest!, Timeout.Infinite))
        {
            rest = [];
            return 0;
        }
        var count = Math.Min(buffer.Length, rest.Length);
        rest.AsSpan(0, count).CopyTo(buffer);
        rest = rest[count..];
        return count;
    }

    public override bool Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            process.StandardInput.BaseStream.Write(bytes);
            process.StandardInput.BaseStream.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public override int WaitUntilAllDead()
    {
        process.WaitForExit();
        Kill();
        return process.ExitCode;
    }

    public override void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    public override void Dispose() => process.Dispose();

    private Task PumpAsync(Stream stream, bool keep) => Task.Factory.StartNew(() =>
    {
        var buffer = new byte[16 << 10];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (keep)
            {
                chunks.Add(buffer[..count]);
            }
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

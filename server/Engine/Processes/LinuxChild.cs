using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Processes;

/// <summary>A child on Linux: one pipe for both outputs, its own session, killed by namespace (bubblewrap) or by looking for its whole
/// family.</summary>
internal sealed partial class LinuxChild : Child
{
    private const int LastBytesAfterTheEnd = 1 << 20;
    private readonly Launch launch;
    private readonly int output;
    private readonly int input = -1;
    private readonly Lock gate = new();
    private readonly int status = -1;
    private int firstInside = -1; // the first process of the namespace: its death is the death of all in it
    private bool looked;
    private bool killed;
    private bool reaped;
    private volatile bool allDead;
    private int readAfterTheEnd;

    private LinuxChild(Launch launch)
    {
        this.launch = launch;
        (output, var outputEnd) = Libc.Pipe();
        var (statusEnd, filter, inputEnd) = (-1, -1, -1);
        IReadOnlyList<string> arguments = launch.Arguments;
        try
        {
            if (launch.Talks)
            {
                (inputEnd, input) = Libc.Pipe();
            }
            if (launch.IsBubblewrap)
            {
                (status, statusEnd) = Libc.Pipe();
                // A pipe's buffer holds the whole filter (some hundred bytes), so nobody has to stand by and write.
                filter = Libc.PipeWith(launch.Filter ?? []);
                arguments =
                [
                    .. launch.Arguments.Take(launch.OptionsAt),
                    "--json-status-fd",
                    statusEnd.ToString(CultureInfo.InvariantCulture),
                    .. launch.Filter is null ? [] : new[] { "--seccomp", filter.ToString(CultureInfo.InvariantCulture) },
                    .. launch.Arguments.Skip(launch.OptionsAt),
                ];
            }
            else if (launch.TellsMount)
            {
                (status, statusEnd) = Libc.Pipe();
            }
            Id = PosixSpawn.Start(
                launch.Program,
                arguments,
                launch.Environment,
                launch.Folder,
                inputEnd,
                outputEnd,
                launch.IsBubblewrap ? [(statusEnd, statusEnd), (filter, filter)]
                    : launch.TellsMount ? [(statusEnd, Launch.MountedDescriptor)]
                    : []
            );
        }
        catch
        {
            Libc.Close(output);
            CloseIfOpen(status);
            CloseIfOpen(input);
            throw;
        }
        finally
        {
            Libc.Close(outputEnd);
            CloseIfOpen(statusEnd);
            CloseIfOpen(inputEnd);
            CloseIfOpen(filter);
        }
    }

    public override int Id { get; }

    public static LinuxChild Start(Launch launch) => new(launch);

    public override int Read(Span<byte> buffer)
    {
        while (readAfterTheEnd < LastBytesAfterTheEnd)
        {
            var ended = allDead;
            if (Libc.WaitReadable(output, ended ? 0 : 100))
            {
                var count = Math.Max(0, Libc.Read(output, buffer));
                readAfterTheEnd += ended ? count : 0;
                return count;
            }
            if (ended)
            {
                return 0;
            }
        }
        return 0;
    }

    public override bool Write(ReadOnlySpan<byte> bytes) => Libc.WriteAll(input, bytes);

    public override int WaitUntilAllDead()
    {
        if (launch.IsBubblewrap)
        {
            FindFirstInside();
        }
        var exitCode = Libc.WaitForExit(Id);
        if (firstInside >= 0)
        {
            Libc.SignalProcess(firstInside, Libc.Kill);
            Libc.WaitReadable(firstInside, -1);
        }
        else
        {
            ProcessTree.Kill(Id, launch.Marker);
        }
        // bubblewrap tells an exit code only for a command that it got as far as starting.
        DidStart =
            status < 0 || killed || ReadLine(status).Contains(launch.IsBubblewrap ? "exit-code" : Launch.Mounted, StringComparison.Ordinal);
        allDead = true;
        return exitCode;
    }

    public override void Kill()
    {
        lock (gate)
        {
            killed = true;
            if (reaped)
            {
                return;
            }
            if (firstInside >= 0)
            {
                Libc.SignalProcess(firstInside, Libc.Kill);
            }
            else if (!launch.IsBubblewrap || looked)
            {
                ProcessTree.Kill(Id, launch.Marker);
            }
        }
    }

    public override void Dispose()
    {
        lock (gate)
        {
            if (reaped)
            {
                return;
            }
            reaped = true;
        }
        Libc.Reap(Id);
        Libc.Close(output);
        CloseIfOpen(status);
        CloseIfOpen(firstInside);
        CloseIfOpen(input);
    }

    /// <summary>
    /// bubblewrap names the first process inside as soon as it exists. It must be known before anything is killed: a bubblewrap killed
    /// earlier would leave a half-made sandbox waiting for it forever. So a Kill that comes first is carried out here.
    /// </summary>
    private void FindFirstInside()
    {
        var line = ReadLine(status);
        var process = ChildPid().Match(line) is { Success: true } match
            ? Libc.OpenProcess(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            : -1;
        lock (gate)
        {
            firstInside = process;
            looked = true;
        }
        if (killed)
        {
            Kill();
        }
    }

    private static string ReadLine(int descriptor)
    {
        var line = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (Libc.Read(descriptor, one) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }
        return line.ToString();
    }

    private static void CloseIfOpen(int descriptor)
    {
        if (descriptor >= 0)
        {
            Libc.Close(descriptor);
        }
    }

    [GeneratedRegex("\"child-pid\"\\s*:\\s*(\\d+)")]
    private static partial Regex ChildPid();
}

using System.Globalization;

namespace CodexSidecar.Engine.Processes;

/// <summary>How much of the machine all that happens during one command may take, counted on the machine as a whole.</summary>
/// <param name="DiskBytes">Less free space on the workspace's disk than at the start.</param>
/// <param name="Tasks">More processes and threads than at the start.</param>
internal sealed record MachineLimits(long DiskBytes = 16L << 30, int Tasks = 10_000)
{
    public static readonly MachineLimits Usual = new();
}

/// <summary>
/// Bounds a fork bomb and a full disk where neither a quota nor a control group is to be had without privileges: looks at three numbers of
/// the machine while a command runs. Another program can be the one that takes them; with these limits that is rare, and only costs a
/// command.
/// </summary>
internal sealed class MachineWatch
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private const long DiskReserve = 256L << 20,
        MemoryReserve = 128L << 20;
    private readonly string folder;
    private readonly MachineLimits limits;
    private readonly long? freeAtStart;
    private readonly int? tasksAtStart;

    public MachineWatch(string folder, MachineLimits limits)
    {
        (this.folder, this.limits) = (folder, limits);
        (freeAtStart, tasksAtStart) = (FreeBytes(), Tasks());
    }

    /// <returns>Why the command has to go; null while all is well.</returns>
    public string? FindFault()
    {
        // A number that is not known, now or at the start, compares as "no".
        var free = FreeBytes();
        return freeAtStart - free > limits.DiskBytes || (free < DiskReserve && free < freeAtStart) ? "it was filling the disk"
            : Tasks() - tasksAtStart > limits.Tasks ? "it started too many processes"
            : FreeMemory() < MemoryReserve ? "it was filling the memory"
            : null;
    }

    private long? FreeBytes() => Known(() => new DriveInfo(folder).AvailableFreeSpace);

    /// <summary>0.00 0.01 0.05 running/all last</summary>
    private static int? Tasks() =>
        (int?)Known(() =>
            OperatingSystem.IsLinux()
            && File.ReadAllText("/proc/loadavg").Split(' ', '/') is [_, _, _, _, var all, ..]
            && int.TryParse(all, CultureInfo.InvariantCulture, out var tasks)
                ? tasks
                : null
        );

    private static long? FreeMemory() =>
        Known(() =>
            OperatingSystem.IsLinux()
            && File.ReadLines("/proc/meminfo").FirstOrDefault(one => one.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out var kilobytes)
                ? kilobytes << 10
                : null
        );

    /// <summary>A number that cannot be read just now (no file can be opened any more) says nothing against the command.</summary>
    private static long? Known(Func<long?> read)
    {
        try
        {
            return read();
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Processes.Landlock;

/// <summary>What the kernel is asked for by a process that locks itself in. https://docs.kernel.org/userspace-api/landlock.html</summary>
internal static unsafe partial class LandlockCalls
{
    public const ulong Execute = 1,
        WriteFile = 2,
        ReadFile = 4,
        ReadFolder = 8,
        MakeDevices = 1 << 6 | 1 << 11,
        Truncate = 1 << 14,
        DeviceControl = 1 << 15;

    /// <summary>Reading, and everything that may be said of one file; a rule for a file may name no more.</summary>
    public const ulong Reading = Execute | ReadFile | ReadFolder,
        OfFiles = Execute | WriteFile | ReadFile | Truncate | DeviceControl;

    // The same numbers on every architecture.
    private const long CreateRuleset = 444,
        AddRule = 445,
        RestrictSelf = 446;
    private const int AskVersion = 1,
        PathBeneath = 1,
        OpenPath = 0x200000,
        CloseOnExec = 0x80000;
    private const int HighestCapability = 63,
        DropFromBoundingSet = 24;
    private const int NoNewPrivileges = 38,
        ParentDeathSignal = 1,
        SetFilter = 22,
        FilterMode = 2;
    private const int BrokenPipe = 13,
        Kill = 9,
        CloseRangeCloseOnExec = 4;
    private const long CloseRange = 436;

    [StructLayout(LayoutKind.Sequential)]
    private struct Ruleset
    {
        public ulong Files,
            Network,
            Scoped;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Beneath
    {
        public ulong Allowed;
        public int Folder;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ushort Count;
        public byte* Steps;
    }

    /// <returns>0 or less where the kernel has no Landlock.</returns>
    public static int Version() => (int)syscall(CreateRuleset, 0, 0, AskVersion, 0);

    /// <summary>All rights that a version knows: what is not allowed by a rule is then refused.</summary>
    public static ulong Handled(int version) =>
        (
            1UL
            << (
                version >= 5 ? 16
                : version >= 3 ? 15
                : version == 2 ? 14
                : 13
            )
        ) - 1;

    public static int Create(int version)
    {
        // Signals and abstract sockets to outside are cut off from version 6 on; the network is the filter's job.
        var set = new Ruleset { Files = Handled(version), Scoped = version >= 6 ? 3u : 0 };
        return Check(
            "landlock_create_ruleset",
            syscall(
                CreateRuleset,
                (nint)(&set),
                version >= 6 ? 24
                    : version >= 4 ? 16
                    : 8,
                0,
                0
            )
        );
    }

    /// <summary>What does not exist, or could not be opened by us either, needs no rule.</summary>
    public static void Allow(int ruleset, string path, ulong rights)
    {
        var folder = open(path, OpenPath | CloseOnExec);
        if (folder >= 0)
        {
            var beneath = new Beneath { Allowed = Directory.Exists(path) ? rights : rights & OfFiles, Folder = folder };
            Check($"landlock_add_rule {path}", syscall(AddRule, ruleset, PathBeneath, (nint)(&beneath), 0));
            _ = close(folder);
        }
    }

    /// <summary>For this thread, and so for what it becomes: no capabilities, no privileges by set-id programs, dies with its parent, keeps
    /// no descriptors, default signals.</summary>
    public static void Prepare()
    {
        for (var capability = 0; capability <= HighestCapability; capability++)
        {
            // What is not in this set is gone at execve, for root too. Others have none, and no right to ask.
            _ = prctl(DropFromBoundingSet, capability, 0, 0, 0);
        }
        Check("prctl", prctl(NoNewPrivileges, 1, 0, 0, 0));
        Check("prctl", prctl(ParentDeathSignal, Kill, 0, 0, 0));
        // .NET ignores SIGPIPE, and what is ignored stays so in the next program.
        signal(BrokenPipe, 0);
        syscall(
            CloseRange,
            3,
            -1 /* the highest there is */
            ,
            CloseRangeCloseOnExec,
            0
        );
    }

    public static void Restrict(int ruleset) => Check("landlock_restrict_self", syscall(RestrictSelf, ruleset, 0, 0, 0));

    public static void Install(byte[] filter)
    {
        fixed (byte* steps = filter)
        {
            var program = new Filter { Count = (ushort)(filter.Length / 8), Steps = steps };
            Check("seccomp", prctl(SetFilter, FilterMode, (nint)(&program), 0, 0));
        }
    }

    /// <returns>Only if it failed: why.</returns>
    public static string Become(IReadOnlyList<string> argv, IReadOnlyList<string> environment)
    {
        using var arguments = new StringVector(argv);
        using var variables = new StringVector(environment);
        execve(argv[0], arguments.Pointer, variables.Pointer);
        return Marshal.GetLastPInvokeErrorMessage();
    }

    private static int Check(string call, long result) => result >= 0 ? (int)result : throw Libc.Fault(call);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string program, byte** argv, byte** environment);
}

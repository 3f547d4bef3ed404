namespace CodexSidecar.Engine.Processes.Seccomp;

/// <summary>What commands may not ask of the kernel. Everything that is not named is allowed: a build needs more calls than anyone can
/// list.</summary>
internal static class SeccompRules
{
    private const int NotPermitted = 1,
        AccessDenied = 13,
        NotImplemented = 38,
        NoSuchFamily = 97;
    private const uint Unix = 1,
        Inet = 2,
        Inet6 = 10,
        Netlink = 16,
        Stream = 1,
        SequencedPacket = 5,
        TypeBits = 0xf;

    // CLONE_NEWTIME | NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET; in clone the lowest byte is a signal, not NEWTIME.
    private const uint NewNamespaces = 0x7e020000,
        NewTime = 0x80;
    private const uint SetId = 0xc00,
        Creates = 0x40; // S_ISUID | S_ISGID; O_CREAT
    private const uint PushInput = 0x5412,
        Console = 0x541c; // TIOCSTI, TIOCLINUX: typing into the terminal that started us

    /// <summary>Both backends. Ordinary sockets stay: dotnet test, MSBuild and every local server need them.</summary>
    public static readonly IReadOnlyList<SeccompRule> Always =
    [
        .. Syscall.Forbidden.Select(call => new SeccompRule(call, NotPermitted)),
        new(Syscall.Unshare, NotPermitted, new ArgumentTest.AnyBit(0, NewNamespaces | NewTime)),
        new(Syscall.CloneProcess, NotPermitted, new ArgumentTest.AnyBit(0, NewNamespaces)),
        // Their flags lie in memory, where a filter cannot look. The C library falls back to the older call.
        new(Syscall.Clone3, NotImplemented),
        new(Syscall.Openat2, NotImplemented),
        .. new[] { Syscall.Socket, Syscall.SocketPair }.SelectMany(Families),
        new(Syscall.Ioctl, NotPermitted, new ArgumentTest.Is(1, PushInput)),
        new(Syscall.Ioctl, NotPermitted, new ArgumentTest.Is(1, Console)),
        // A program with the set-id bit, left in the workspace, would give others of this machine the user's rights.
        .. new[]
        {
            (Syscall.Chmod, 1),
            (Syscall.Fchmod, 1),
            (Syscall.Fchmodat, 2),
            (Syscall.Fchmodat2, 2),
            (Syscall.Creat, 1),
            (Syscall.Mknod, 1),
            (Syscall.Mknodat, 2),
        }.Select(one => new SeccompRule(one.Item1, NotPermitted, new ArgumentTest.AnyBit(one.Item2, SetId))),
        new(Syscall.Open, NotPermitted, new ArgumentTest.AnyBit(1, Creates), new ArgumentTest.AnyBit(2, SetId)),
        new(Syscall.Openat, NotPermitted, new ArgumentTest.AnyBit(2, Creates), new ArgumentTest.AnyBit(3, SetId)),
    ];

    /// <summary>
    /// Where there is no network of their own: no IP, and nothing that could reach a socket of another program. An address lies in memory,
    /// so
    /// connect goes as a whole, and so do datagrams, which can carry an address of their own.
    /// </summary>
    public static readonly IReadOnlyList<SeccompRule> WithoutNetwork =
    [
        .. Always,
        new(Syscall.Socket, AccessDenied, new ArgumentTest.IsNot(0, Unix)),
        .. new[] { Syscall.Socket, Syscall.SocketPair }.Select(call => new SeccompRule(
            call,
            AccessDenied,
            new ArgumentTest.IsNot(1, Stream, TypeBits),
            new ArgumentTest.IsNot(1, SequencedPacket, TypeBits)
        )),
        new(Syscall.Connect, AccessDenied),
    ];

    /// <summary>Unix, IPv4, IPv6, and of netlink the part that lists addresses; all else (vsock, packet, alg, bluetooth, ...) does not
    /// exist.</summary>
    private static IEnumerable<SeccompRule> Families(Syscall call) =>
        [
            new(
                call,
                NoSuchFamily,
                new ArgumentTest.IsNot(0, Unix),
                new ArgumentTest.IsNot(0, Inet),
                new ArgumentTest.IsNot(0, Inet6),
                new ArgumentTest.IsNot(0, Netlink)
            ),
            new(call, NoSuchFamily, new ArgumentTest.Is(0, Netlink), new ArgumentTest.IsNot(2, 0)),
        ];
}

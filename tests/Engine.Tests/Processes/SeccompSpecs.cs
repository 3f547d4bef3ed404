using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes.Seccomp;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>The filter's program for both processors, run by a small machine of this test as the kernel would run it.</summary>
public sealed class SeccompSpecs
{
    private const uint Allow = 0x7fff0000,
        Kill = 0x80000000,
        Fail = 0x00050000;
    private const uint AuditX64 = 0xc000003e,
        AuditArm64 = 0xc00000b7,
        AuditX86 = 0x40000003;

    public static TheoryData<string> Forbidden => [.. Escapes.Calls.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void The_same_calls_end_in_the_same_errors_on_both_processors(string call)
    {
        var (_, x64, arm64, arguments, error) = Escapes.Calls.Single(one => one.Name == call);
        var values = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToArray();

        Assert.Equal(Fail | (uint)error, Ask(Architecture.X64, AuditX64, (uint)x64, values));
        Assert.Equal(Fail | (uint)error, Ask(Architecture.Arm64, AuditArm64, (uint)arm64, values));
    }

    [Theory]
    [InlineData(0, 63)] // read
    [InlineData(59, 221)] // execve
    [InlineData(41, 198, 1, 1, 0)] // socket: unix, TCP, UDP over IPv6, the netlink of addresses
    [InlineData(41, 198, 2, 0x80001, 6)]
    [InlineData(41, 198, 10, 2, 17)]
    [InlineData(41, 198, 16, 3, 0)]
    [InlineData(53, 199, 1, 0x80001, 0)] // socketpair
    [InlineData(42, 203, 5)] // connect
    [InlineData(56, 220, 0x1200011)] // clone as fork does it, and as threads are made
    [InlineData(56, 220, 0x3d0f00)]
    [InlineData(272, 97, 0x400)] // unshare of the table of files
    [InlineData(16, 29, 0, 0x5413)] // ioctl: size of the terminal
    [InlineData(91, 52, 3, 0x1ed)] // fchmod 755
    [InlineData(268, 53, -100, 0, 0x3ff)] // fchmodat 1777
    [InlineData(257, 56, -100, 0, 0x241, 0x1b6)] // openat, creating, 666
    [InlineData(257, 56, -100, 0, 0, 0xc00)] // openat, not creating: the mode means nothing
    public void What_builds_and_tests_need_is_allowed(int x64, int arm64, params int[] arguments)
    {
        Assert.Equal(Allow, Ask(Architecture.X64, AuditX64, (uint)x64, Long(arguments)));
        Assert.Equal(Allow, Ask(Architecture.Arm64, AuditArm64, (uint)arm64, Long(arguments)));
    }

    [Theory]
    [InlineData(90, 0, 0x9ed)] // chmod 4755, 2755
    [InlineData(90, 0, 0x5ed)]
    [InlineData(91, 3, 0x9ed)]
    [InlineData(268, -100, 0, 0x9ed)]
    [InlineData(452, -100, 0, 0x9ed)]
    [InlineData(85, 0, 0x9ed)] // creat
    [InlineData(2, 0, 0x241, 0x9ed)] // open
    [InlineData(257, -100, 0, 0x241, 0x9ed)]
    [InlineData(259, -100, 0, 0x89ed)] // mknod of a file
    public void A_program_that_gives_rights_cannot_be_made(int number, params int[] arguments) =>
        Assert.Equal(Fail | 1, Ask(Architecture.X64, AuditX64, (uint)number, Long(arguments)));

    [Fact]
    public void A_program_of_another_architecture_is_killed_and_x32_is_refused()
    {
        Assert.Equal(Kill, Ask(Architecture.X64, AuditX86, 3, []));
        Assert.Equal(Kill, Ask(Architecture.Arm64, AuditX64, 3, []));
        Assert.Equal(Fail | 1, Ask(Architecture.X64, AuditX64, 0x40000000, []));
    }

    [Theory]
    [InlineData(41, 2, 1, 6)] // socket, TCP
    [InlineData(41, 10, 2, 17)]
    [InlineData(41, 16, 3, 0)]
    [InlineData(41, 1, 2, 0)] // unix datagrams
    [InlineData(53, 1, 2, 0)]
    [InlineData(42, 3)] // connect
    public void Without_a_network_of_ones_own_there_is_none(int number, params int[] arguments)
    {
        Assert.Equal(Fail | 13, Ask(Architecture.X64, AuditX64, (uint)number, Long(arguments), SeccompRules.WithoutNetwork));
        Assert.Equal(Allow, Ask(Architecture.X64, AuditX64, 53, [1, 1, 0], SeccompRules.WithoutNetwork));
    }

    [Fact]
    public void There_is_none_for_other_processors() => Assert.Null(SeccompFilter.Build(Architecture.Wasm, SeccompRules.Always));

    private static long[] Long(int[] arguments) => [.. arguments.Select(argument => (long)argument)];

    private static uint Ask(Architecture architecture, uint audit, uint number, long[] arguments, IReadOnlyList<SeccompRule>? rules = null)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), audit);
        for (var i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(16 + 8 * i), arguments[i]);
        }
        return Run(SeccompFilter.Build(architecture, rules ?? SeccompRules.Always)!, data);
    }

    /// <summary>The few operations of classic BPF that a filter is made of.</summary>
    private static uint Run(byte[] program, byte[] data)
    {
        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var step = program.AsSpan(at * 8, 8);
            var value = BinaryPrimitives.ReadUInt32LittleEndian(step[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(step))
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)value));
                    break;
                case 0x54:
                    accumulator &= value;
                    break;
                case 0x15:
                    at += accumulator == value ? step[2] : step[3];
                    break;
                case 0x35:
                    at += accumulator >= value ? step[2] : step[3];
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? step[2] : step[3];
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"step {at} is none of the known ones");
            }
        }
    }
}

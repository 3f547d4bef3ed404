using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Processes.Seccomp;

/// <summary>Turns rules into the program the kernel runs before every system call.
/// https://docs.kernel.org/userspace-api/seccomp_filter.html</summary>
internal static class SeccompFilter
{
    private const uint KillProcess = 0x8000_0000,
        Fail = 0x0005_0000,
        Allow = 0x7fff_0000;
    private const uint AuditX64 = 0xc000_003e,
        AuditArm64 = 0xc000_00b7;
    private const uint FirstX32 = 0x4000_0000;
    private const uint NumberAt = 0,
        ArchitectureAt = 4,
        ArgumentsAt = 16;
    private const int NotPermitted = 1;

    // struct sock_filter: the operations that are used, https://www.kernel.org/doc/html/latest/networking/filter.html
    private const ushort Load = 0x20,
        And = 0x54,
        JumpIfEqual = 0x15,
        JumpIfAnyBit = 0x45,
        JumpIfAtLeast = 0x35,
        Return = 0x06;

    private readonly record struct Step(ushort Code, byte Then, byte Else, uint Value);

    /// <returns>An array of struct sock_filter, 8 bytes each; null for a processor that it is not made for.</returns>
    public static byte[]? Build(Architecture architecture, IReadOnlyList<SeccompRule> rules)
    {
        if (architecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return null;
        }
        Step[] steps =
        [
            // A program of another architecture has other numbers for its calls: it does not run here at all.
            new(Load, 0, 0, ArchitectureAt),
            new(JumpIfEqual, 1, 0, architecture is Architecture.X64 ? AuditX64 : AuditArm64),
            new(Return, 0, 0, KillProcess),
            new(Load, 0, 0, NumberAt),
            .. architecture is Architecture.X64
                ? new[] { new Step(JumpIfAtLeast, 0, 1, FirstX32), new Step(Return, 0, 0, Fail | NotPermitted) }
                : [],
            .. rules.Where(rule => rule.Call.On(architecture) >= 0).SelectMany(rule => Compile(rule, (uint)rule.Call.On(architecture))),
            new(Return, 0, 0, Allow),
        ];
        return Bytes(steps);
    }

    /// <summary>Whatever does not hold jumps behind the rule, where the call's number is loaded again for the next one.</summary>
    private static List<Step> Compile(SeccompRule rule, uint number)
    {
        var answer = new Step(Return, 0, 0, Fail | (uint)rule.Error);
        if (rule.Tests.Count == 0)
        {
            return [new(JumpIfEqual, 0, 1, number), answer];
        }
        var body = new List<Step>();
        foreach (var test in Enumerable.Reverse(rule.Tests))
        {
            // Behind this test come the others, already in place, and the answer.
            var skip = (byte)(body.Count + 1);
            body.InsertRange(0, Compile(test, skip));
        }
        return [new(JumpIfEqual, 0, (byte)(body.Count + 2), number), .. body, answer, new(Load, 0, 0, NumberAt)];
    }

    private static Step[] Compile(ArgumentTest test, byte skip)
    {
        var load = new Step(Load, 0, 0, ArgumentsAt + 8 * (uint)test.Argument);
        return test switch
        {
            ArgumentTest.AnyBit any => [load, new(JumpIfAnyBit, 0, skip, any.Mask)],
            ArgumentTest.Is same => [load, new(And, 0, 0, same.Mask), new(JumpIfEqual, 0, skip, same.Value)],
            ArgumentTest.IsNot other => [load, new(And, 0, 0, other.Mask), new(JumpIfEqual, skip, 0, other.Value)],
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    private static byte[] Bytes(Step[] steps)
    {
        var bytes = new byte[steps.Length * 8];
        for (var i = 0; i < steps.Length; i++)
        {
            var at = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, steps[i].Code);
            (at[2], at[3]) = (steps[i].Then, steps[i].Else);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], steps[i].Value);
        }
        return bytes;
    }
}

namespace CodexSidecar.Engine.Processes.Seccomp;

/// <summary>What must hold for one argument (0 to 5; its lower 32 bits, which is all these calls look at).</summary>
internal abstract record ArgumentTest(int Argument)
{
    public sealed record AnyBit(int Argument, uint Mask) : ArgumentTest(Argument);

    public sealed record Is(int Argument, uint Value, uint Mask = uint.MaxValue) : ArgumentTest(Argument);

    public sealed record IsNot(int Argument, uint Value, uint Mask = uint.MaxValue) : ArgumentTest(Argument);
}

/// <summary>The call gets <paramref name="Error"/> instead of being made when all tests hold.</summary>
internal sealed record SeccompRule(Syscall Call, int Error, params IReadOnlyList<ArgumentTest> Tests);

using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

internal static class Offenders
{
    /// <summary>A house rule is broken by named places; all of them are told at once.</summary>
    public static void None<T>(IEnumerable<T> offenders)
    {
        if (offenders.ToList() is { Count: > 0 } found)
        {
            Assert.Fail(string.Join('\n', found));
        }
    }
}

using CodexSidecar.Contracts;
using CodexSidecar.Faces.Cli;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

public sealed class ExitCodesSpecs
{
    /// <summary>The table of docs/architecture.md, written down a second time on purpose.</summary>
    [Theory]
    [InlineData(0, StopReason.Done, StopReason.NothingToDo)]
    [InlineData(1, StopReason.TestsFailed, StopReason.NoProgress)]
    [InlineData(
        3,
        StopReason.LimitTime,
        StopReason.LimitTokens,
        StopReason.LimitRequests,
        StopReason.LimitChanges,
        StopReason.Loop,
        StopReason.MalformedReplies,
        StopReason.CassetteMismatch
    )]
    [InlineData(4, StopReason.Forbidden, StopReason.RejectedByConsilium, StopReason.UserRejected)]
    [InlineData(5, StopReason.ModelUnavailable)]
    [InlineData(130, StopReason.Cancelled)]
    [InlineData(70, StopReason.Failed, StopReason.Interrupted)]
    public void Each_stop_reason_has_its_exit_code(int code, params StopReason[] stops) =>
        Assert.All(stops, stop => Assert.Equal(code, ExitCodes.Of(stop)));

    [Fact]
    public void No_stop_reason_is_without_one() =>
        Assert.All(Enum.GetValues<StopReason>(), stop => Assert.InRange(ExitCodes.Of(stop), 0, 130));
}

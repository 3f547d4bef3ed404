using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>The methods below <c>_codexSidecar/</c> that our own client calls.</summary>
internal sealed class AcpOwnMethods(AcpRpc rpc, Func<string, AcpSession> find)
{
    /// <summary>As announced in initialize.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "hunks/decide",
        "snapshot/list",
        "snapshot/diff",
        "snapshot/restore",
        "run/list",
        "run/replay",
    ];

    public void Register()
    {
        rpc.OnRequest<DecideParams, DecideResult>("_codexSidecar/hunks/decide", DecideAsync);
        rpc.OnRequest<SnapshotListParams, SnapshotListResult>("_codexSidecar/snapshot/list", ListSnapshotsAsync);
        rpc.OnRequest<SnapshotDiffParams, SnapshotDiffResult>("_codexSidecar/snapshot/diff", DiffAsync);
        rpc.OnRequest<SnapshotRestoreParams, SnapshotRestoreResult>("_codexSidecar/snapshot/restore", RestoreAsync);
        rpc.OnRequest<RunListParams, RunListResult>("_codexSidecar/run/list", ListRunsAsync);
        rpc.OnRequest<ReplayParams, ReplayResult>("_codexSidecar/run/replay", ReplayAsync);
    }

    // Changes keep the order of their requests, so they queue up before anything else happens.
    private async Task<DecideResult> DecideAsync(DecideParams request, CancellationToken cancellationToken) =>
        await AcpWork.Of(
            find(request.SessionId)
                .AfterwardsAsync(session =>
                    session.DecideAsync(request.RunId, request.PatchId, request.Decisions, "acp", cancellationToken)
                )
        );

    private Task<SnapshotListResult> ListSnapshotsAsync(SnapshotListParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            var skip = AcpPage.Read(request.Cursor);
            var all = find(request.SessionId).Look(session => session.Snapshots());
            return new SnapshotListResult(
                [.. all.Skip(skip).Take(AcpPage.Size)],
                all.Count > skip + AcpPage.Size ? AcpPage.After(skip) : null
            );
        });

    private Task<SnapshotDiffResult> DiffAsync(SnapshotDiffParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
            new SnapshotDiffResult(
                find(request.SessionId).Look(session => session.SnapshotDiff(request.SnapshotId, request.To, cancellationToken))
            )
        );

    private async Task<SnapshotRestoreResult> RestoreAsync(SnapshotRestoreParams request, CancellationToken cancellationToken) =>
        await AcpWork.Of(
            find(request.SessionId)
                .AfterwardsAsync(session =>
                    session.RestoreAsync(request.SnapshotId, request.Paths, request.DryRun, "acp", cancellationToken)
                )
        );

    private Task<RunListResult> ListRunsAsync(RunListParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            var skip = AcpPage.Read(request.Cursor);
            var all = find(request.SessionId).ListRuns();
            return new RunListResult([.. all.Skip(skip).Take(AcpPage.Size)], all.Count > skip + AcpPage.Size ? AcpPage.After(skip) : null);
        });

    private Task<ReplayResult> ReplayAsync(ReplayParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            var result = await find(request.SessionId)
                .ReplayAsync(envelope => request.RunId is { } run ? envelope.RunId == run : envelope.Seq > (request.AfterSeq ?? 0));
            return request.RunId is not null && result.Count == 0 ? throw new AcpError(AcpError.NotFound, "run") : result;
        });
}

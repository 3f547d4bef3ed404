using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Faces.Acp;

/// <summary>A patch as a client draws it: proposed, decided, applied.</summary>
internal static class AcpPatchRows
{
    private const int DiffLimit = 1 << 20,
        MessageLimit = 6 << 20;

    public static (AcpView, IReadOnlyList<SessionUpdate>) Patch(AcpView view, PatchProposed e, AcpDrawing drawing) =>
        AcpRows.Start(
            view,
            new ToolCall(
                view.CallId(e.PatchId),
                AcpWords.PatchTitle(e),
                "edit",
                "pending",
                [
                    .. e.Files.Select(file => new ToolLocation(
                        Path.Join(drawing.Workspace, file.Path),
                        file.Hunks.Count > 0 ? Math.Max(1, file.Hunks[0].NewStart) : null
                    )),
                ],
                Diffs(view, new(e, []), drawing)
            )
        );

    public static (AcpView, IReadOnlyList<SessionUpdate>) Decided(AcpView view, HunksDecided e)
    {
        var callId = view.CallId(e.PatchId);
        if (view.Patches.TryGetValue(callId, out var row))
        {
            var decided = e.Decisions.ToLookup(decision => decision.Accept, decision => decision.HunkId);
            view = view with
            {
                Patches = view.Patches.SetItem(callId, row with { LeftOut = row.LeftOut.Except(decided[true]).Union(decided[false]) }),
            };
        }
        // Decided after the run: what became of it is in the patch_applied behind this.
        if (!view.OpenCalls.Contains(callId))
        {
            return (view, [new ToolCallUpdate(callId)]);
        }
        return e.Decisions.All(decision => !decision.Accept)
            ? AcpRows.Finish(view, callId, ok: false, "No hunk was accepted.")
            : (view, [new ToolCallUpdate(callId, "in_progress")]);
    }

    public static (AcpView, IReadOnlyList<SessionUpdate>) Applied(AcpView view, PatchApplied e, AcpDrawing drawing)
    {
        var callId = view.CallId(e.PatchId);
        // Applied as proposed: the client has those diffs already.
        var content =
            view.Patches.TryGetValue(callId, out var row) && (row.LeftOut.Count > 0 || !view.OpenCalls.Contains(callId))
                ? Diffs(view, row, drawing)
                : null;
        return (view.Close(callId), [new ToolCallUpdate(callId, "completed", content)]);
    }

    private static IReadOnlyList<ToolContent> Diffs(AcpView view, PatchRow row, AcpDrawing drawing)
    {
        var (patch, leftOut) = row;
        var texts = drawing.Texts(view.RunId, patch.PatchId).ToDictionary(text => text.Path, StringComparer.Ordinal);
        var room = MessageLimit;
        return
        [
            .. patch
                .Files.Where(file => file.Hunks.Count == 0 || file.Hunks.Any(hunk => !leftOut.Contains(hunk.HunkId)))
                .Select(file =>
                {
                    var text = texts.GetValueOrDefault(file.Path);
                    var size = (text?.OldText?.Length ?? 0) + (text?.NewText?.Length ?? 0);
                    if (text is null || size > DiffLimit || size > room)
                    {
                        return AcpRows.Text($"{file.Path}: too large to show, {file.Hunks.Count} hunks")[0];
                    }
                    room -= size;
                    return new DiffContent(
                        Path.Join(drawing.Workspace, file.Path),
                        text.OldText,
                        HunkText.Without(text, file.Hunks, leftOut)
                    );
                }),
        ];
    }
}

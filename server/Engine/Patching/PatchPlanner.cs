using CodexSidecar.Engine.Patching.Staging;

namespace CodexSidecar.Engine.Patching;

/// <param name="MayDelete">The task asks for deletion: the <c>loss</c> rule does not refuse.</param>
/// <param name="MostBytes">Of one file, before or after.</param>
internal sealed record PlanOptions(bool MayDelete = false, int MostBytes = 1 << 20);

/// <summary>Blocks + workspace -> plan. Pure: no disk, no clock.</summary>
internal static class PatchPlanner
{
    /// <param name="staged">The plan of earlier replies whose good blocks stay; null at the first reply.</param>
    public static PatchPlan Plan(ParsedPatch parsed, PatchBase workspace, PatchPlan? staged, PlanOptions options) =>
        new PlanBuilder(workspace, staged ?? PatchPlan.Empty, options).Plan(parsed);
}

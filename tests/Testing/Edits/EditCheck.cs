using System.Text;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Testing.Edits;

/// <summary>What must hold whatever a model says. Throws what the engine throws, or says what does not hold.</summary>
internal static class EditCheck
{
    private static readonly PlanOptions Options = new();

    /// <exception cref="InvalidOperationException">Something that must hold does not.</exception>
    public static PatchPlan Holds(EditCase one, EditReply reply)
    {
        var given = one.Before.ToDictionary(file => file.Key, file => (byte[])file.Value.Clone(), StringComparer.Ordinal);
        var workspace = new PatchBase(given.Keys, path => given.GetValueOrDefault(path));
        var parsed = reply.IsPatch ? PatchParser.ParsePatch(reply.Text) : PatchParser.ParseReply(reply.Text, reply.Complete);
        var plan = PatchPlanner.Plan(parsed, workspace, null, Options);
        True(one.Before.All(file => file.Value.AsSpan().SequenceEqual(given[file.Key])), "the planner wrote into the bytes it was given");
        var tree = After(one.Before, plan);
        True(
            plan.Refusals.Count < parsed.Blocks.Count + parsed.Refusals.Count || plan.IsEmpty,
            "every block is refused and something would be written"
        );
        True(plan.Refusals.All(refusal => refusal.Code.Length > 0 && refusal.Message.Length > 0), "a refusal without a reason");
        var ids = plan.ToPatch("p").Files.SelectMany(file => file.Hunks).Select(hunk => hunk.HunkId).ToList();
        True(ids.Distinct().Count() == ids.Count, "two hunks of one name");
        True(plan.Select(new HashSet<string>()).IsEmpty, "no hunk is not nothing");
        True(plan.Select(ids.ToHashSet()).Fingerprint == plan.Fingerprint, "all hunks are not all");
        True(Same(tree, After(one.Before, plan.Select(ids.ToHashSet()))), "all hunks are another tree");
        True(PatchFeedback.Write(plan, workspace, 2_000).Length <= 2_000, "the feedback is too long");
        return plan;
    }

    /// <summary>The files with the plan's writes done, each of them checked.</summary>
    public static SortedDictionary<string, byte[]> After(SortedDictionary<string, byte[]> before, PatchPlan plan)
    {
        var tree = new SortedDictionary<string, byte[]>(before, StringComparer.Ordinal);
        foreach (var write in plan.Writes())
        {
            var there = before.GetValueOrDefault(write.Path.Value);
            True(!write.Path.IsReserved && !write.Path.IsRoot, $"{write.Path.Value} would be written");
            True(
                (there is null ? null : WorkspaceRoot.Hash(there)) == write.ExpectedSha256,
                $"{write.Path.Value} is expected to be what it is not"
            );
            if (write.Bytes is null)
            {
                tree.Remove(write.Path.Value);
            }
            else
            {
                tree[write.Path.Value] = write.Bytes;
            }
        }
        return tree;
    }

    /// <summary>For telling what failed, so that it becomes a case.</summary>
    public static string Show(EditCase one, EditReply reply) =>
        $"{one.Name}, {(reply.Complete ? "complete" : "cut")}{(reply.IsPatch ? ", as a patch" : "")}:\n"
        + $"{Convert.ToBase64String(Encoding.Unicode.GetBytes(reply.Text))}\n{reply.Text}";

    private static bool Same(SortedDictionary<string, byte[]> one, SortedDictionary<string, byte[]> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var bytes) && bytes.AsSpan().SequenceEqual(file.Value));

    private static void True(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}

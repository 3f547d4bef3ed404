using System.Text;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>A workspace in memory: planning needs no other.</summary>
internal sealed class Files
{
    private readonly SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);

    public static Files Of(params IEnumerable<(string Path, string Text)> texts)
    {
        var all = new Files();
        foreach (var (path, text) in texts)
        {
            all.files[path] = Encoding.UTF8.GetBytes(text);
        }
        return all;
    }

    public static Files Of(IEnumerable<KeyValuePair<string, byte[]>> bytes)
    {
        var all = new Files();
        foreach (var (path, content) in bytes)
        {
            all.files[path] = content;
        }
        return all;
    }

    public Files With(string path, byte[] bytes) => Of(files.Append(KeyValuePair.Create(path, bytes)));

    public PatchBase Base => new(files.Keys, path => files.GetValueOrDefault(path));

    public PatchPlan Plan(string reply, bool complete = true, PatchPlan? staged = null, PlanOptions? options = null) =>
        PatchPlanner.Plan(PatchParser.ParseReply(reply, complete), Base, staged, options ?? new PlanOptions());

    /// <summary>The tree with the plan's writes done; what they expect to find must be there.</summary>
    public SortedDictionary<string, byte[]> After(PatchPlan plan)
    {
        var tree = new SortedDictionary<string, byte[]>(files, StringComparer.Ordinal);
        foreach (var write in plan.Writes())
        {
            var there = files.GetValueOrDefault(write.Path.Value);
            Assert.Equal(there is null ? null : Engine.Workspace.WorkspaceRoot.Hash(there), write.ExpectedSha256);
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

    /// <summary>The tree as text, for comparing and for reading when they differ.</summary>
    public static string Show(IEnumerable<KeyValuePair<string, byte[]>> tree) =>
        string.Concat(tree.Select(file => $"== {file.Key}\n{Encoding.Latin1.GetString(file.Value)}|\n"));

    public string Show(PatchPlan plan) => Show(After(plan));

    public string Text(PatchPlan plan, string path) => Encoding.UTF8.GetString(After(plan)[path]);
}

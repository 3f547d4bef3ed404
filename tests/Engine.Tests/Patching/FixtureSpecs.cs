using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>
/// Whole cases, one folder each in tests/fixtures/patching: before/ is the workspace, reply.txt (then reply2.txt ..) what the model said, after/
/// what must be planned (absent: nothing changes), refusal.txt a line "block code path" for each refusal of the last reply.
/// </summary>
public sealed class FixtureSpecs
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "fixtures", "patching");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_planned_tree_and_the_refusals_are_the_expected_ones(string name)
    {
        var folder = Path.Combine(Root, name);
        var files = Files.Of(Tree(Path.Combine(folder, "before")));
        PatchPlan? plan = null;
        foreach (var reply in Directory.GetFiles(folder, "reply*.txt").Order(StringComparer.Ordinal))
            plan = files.Plan(File.ReadAllText(reply), complete: !reply.EndsWith(".cut.txt", StringComparison.Ordinal), plan);
        var after = Directory.Exists(Path.Combine(folder, "after")) ? Tree(Path.Combine(folder, "after")) : Tree(Path.Combine(folder, "before"));
        var refusal = Path.Combine(folder, "refusal.txt");
        Assert.Equal(
            File.Exists(refusal) ? File.ReadAllText(refusal).Trim() : "",
            string.Join('\n', plan!.Refusals.Select(refused => $"{refused.Block} {refused.Code} {refused.Path}".TrimEnd())));
        Assert.Equal(Files.Show(after), files.Show(plan));
    }

    private static SortedDictionary<string, byte[]> Tree(string folder)
    {
        var tree = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
                tree[Path.GetRelativePath(folder, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        }
        return tree;
    }
}

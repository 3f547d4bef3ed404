using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing.Edits;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>What models write and what becomes of it: one file a case in tests/fixtures/patching, whose README.md tells their
/// form.</summary>
public sealed class CorpusSpecs
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "fixtures", "patching");

    private static readonly Dictionary<string, EditCase> All = EditCase.All(Root).ToDictionary(one => one.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_planned_tree_and_the_refusals_are_the_expected_ones(string name)
    {
        var one = All[name];
        var files = Files.Of(one.Before);
        PatchPlan? plan = null;
        foreach (var reply in one.Replies)
        {
            plan = PatchPlanner.Plan(
                reply.IsPatch ? PatchParser.ParsePatch(reply.Text) : PatchParser.ParseReply(reply.Text, reply.Complete),
                files.Base,
                plan,
                new(reply.MayDelete)
            );
        }
        Assert.Equal(
            string.Join('\n', one.Refused),
            string.Join('\n', plan!.Refusals.Select(refused => $"{refused.Block} {refused.Code} {refused.Path}".TrimEnd()))
        );
        Assert.Equal(Files.Show(one.After), files.Show(plan));
        Assert.All(one.Notes, note => Assert.Contains(note, string.Join('\n', plan.Notes)));
    }

    [Fact]
    public void Every_row_of_the_design_is_shown_at_least_three_times()
    {
        var rows = File.ReadAllLines(Path.Combine(Root, "rows.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(": ")[0])
            .ToList();
        var shown = All.Values.SelectMany(one => one.Rows).CountBy(row => row).ToDictionary(StringComparer.Ordinal);
        Assert.Empty(rows.Where(row => shown.GetValueOrDefault(row) < 3).Select(row => $"{row}: {shown.GetValueOrDefault(row)}"));
        Assert.Empty(All.Values.SelectMany(one => one.Rows.Except(rows).Select(row => $"{one.Name}: {row}")));
        Assert.Empty(All.Values.Where(one => one.Rows.Count == 0 || one.Title.Length == 0).Select(one => one.Name));
    }

    [Fact]
    public void There_are_at_least_250_cases_in_the_habits_of_at_least_five_models()
    {
        Assert.True(All.Count >= 250, $"{All.Count} cases");
        Assert.True(All.Values.CountBy(one => one.Style).Count(style => style.Value >= 20) >= 5);
    }
}

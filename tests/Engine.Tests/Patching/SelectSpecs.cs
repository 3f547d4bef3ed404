using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

public sealed class SelectSpecs
{
    private static readonly PlanOptions Options = new(MayDelete: true);

    private static PatchPlan Plan(RandomEdit edit, string prefix = "") =>
        Files.Of((RandomEdit.Path, prefix + edit.Before)).Plan(edit.Render("search"), options: Options);

    private static HashSet<string> Ids(PatchPlan plan) =>
        [.. plan.ToPatch("p").Files.SelectMany(file => file.Hunks).Select(hunk => hunk.HunkId)];

    [Fact]
    public void None_is_nothing_and_all_is_the_plan() =>
        RandomEdit.Any.Holds(
            edit =>
            {
                var plan = Plan(edit);
                Assert.True(plan.Select(new HashSet<string>()).IsEmpty);
                Assert.Equal(plan.Fingerprint, plan.Select(Ids(plan)).Fingerprint);
            },
            few: 50,
            many: 200
        );

    [Fact]
    public void A_selection_is_the_old_text_with_those_hunks_in_it() =>
        Gen.Select(RandomEdit.Any, Gen.Int[0, int.MaxValue])
            .Holds(
                (edit, bits) =>
                {
                    var plan = Plan(edit);
                    var file = plan.ToPatch("p").Files.SingleOrDefault();
                    if (file is null)
                    {
                        return;
                    }
                    var chosen = file.Hunks.Where((_, i) => (bits >> (i % 31) & 1) == 1).Select(hunk => hunk.HunkId).ToHashSet();
                    var text = plan.Texts().Single();
                    var expected = Mix(text.OldText!, text.NewText!, file.Hunks, chosen);
                    var selected = plan.Select(chosen);
                    Assert.Equal(expected, selected.IsEmpty ? text.OldText : Encoding.UTF8.GetString(selected.Files.Single().After!));
                    // What is left out later is as if it was never chosen.
                    Assert.Equal(plan.Select(chosen).Fingerprint, plan.Select(Ids(plan)).Select(chosen).Fingerprint);
                    Assert.True(Ids(selected).IsSubsetOf(Ids(plan)));
                },
                few: 60,
                many: 300
            );

    /// <summary>The reference knows the edits, and nothing of hunks: the text with some of them made.</summary>
    [Fact]
    public void Any_subset_of_hunks_is_the_file_with_just_those_edits_made() =>
        Gen.Select(RandomEdit.Any, Gen.Int[0, RandomEdit.Formats.Count - 1], Gen.Int[0, int.MaxValue])
            .Holds(
                (edit, format, bits) =>
                {
                    if (edit.Changes.Count == 0)
                    {
                        return;
                    }
                    var files = Files.Of((RandomEdit.Path, edit.Before));
                    // A form that speaks of the last newline makes one edit more of it.
                    var form = edit.Ends[^1].Length > 0 ? RandomEdit.Formats.ElementAt(format).Data : "search";
                    var plan = files.Plan(edit.Render(form), options: Options);
                    Assert.Empty(plan.Refusals);
                    var hunks = plan.ToPatch("p").Files.SelectMany(file => file.Hunks).ToList();
                    Assert.Equal(edit.Changes.Count, hunks.Count);
                    var chosen = Enumerable.Range(0, hunks.Count).Where(i => (bits >> (i % 31) & 1) == 1).ToList();
                    var selected = plan.Select(chosen.Select(i => hunks[i].HunkId).ToHashSet());
                    Assert.Equal(
                        (edit with { Changes = [.. chosen.Select(i => edit.Changes[i])] }).Edited,
                        files.Text(selected, RandomEdit.Path)
                    );
                },
                few: 200,
                many: 1000
            );

    /// <summary>A file that comes, one that goes, one that moves and changes in two places, one that changes in three: all 256 subsets of
    /// their hunks.</summary>
    [Fact]
    public void Every_subset_of_the_hunks_of_several_files_gives_the_right_tree()
    {
        var files = Files.Of(("gone.txt", "old\n"), ("from.txt", "1\n2\n3\n4\n5\n"), ("stay.txt", "a\r\nb\nc\r\nd\ne"));
        var plan = files.Plan(
            """
            *** Begin Patch
            *** Add File: new.txt
            +fresh
            *** Delete File: gone.txt
            *** Update File: from.txt
            *** Move to: to.txt
            @@
            -1
            +one
            @@
            -5
            *** End Patch
            stay.txt
            ```
            A
            b
            c
            between
            d
            E
            ```
            """
        );
        Assert.Empty(plan.Refusals);
        var ids = plan.ToPatch("p")
            .Files.OrderBy(file => file.Path, StringComparer.Ordinal)
            .SelectMany(file => file.Hunks)
            .Select(hunk => hunk.HunkId)
            .ToList();
        Assert.Equal(8, ids.Count);
        for (var bits = 0; bits < 256; bits++)
        {
            bool Has(int hunk) => (bits >> hunk & 1) == 1;
            var expected = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["stay.txt"] = (Has(2) ? "A" : "a") + "\r\nb\nc\r\n" + (Has(3) ? "between\r\n" : "") + "d\n" + (Has(4) ? "E" : "e"),
                [Has(5) ? "to.txt" : "from.txt"] = (Has(5) && Has(6) ? "one" : "1") + "\n2\n3\n4\n" + (Has(5) && Has(7) ? "" : "5\n"),
            };
            if (!Has(0))
            {
                expected["gone.txt"] = "old\n";
            }
            if (Has(1))
            {
                expected["new.txt"] = "fresh\n";
            }
            var selected = plan.Select(Enumerable.Range(0, 8).Where(Has).Select(hunk => ids[hunk]).ToHashSet());
            Assert.Equal(expected, files.After(selected).ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value)));
        }
    }

    /// <summary>What clients are shown of a selection is a patch of its own, and another program makes the same file of it.</summary>
    [Fact]
    public void Git_makes_the_same_file_of_a_selection()
    {
        using var folder = new TreeFolder();
        Gen.Select(RandomEdit.Any, Gen.Int[0, int.MaxValue])
            .Holds(
                (edit, bits) =>
                {
                    var plan = Plan(edit);
                    var chosen = Ids(plan).Order(StringComparer.Ordinal).Where((_, i) => (bits >> (i % 31) & 1) == 1).ToHashSet();
                    var selected = plan.Select(chosen);
                    if (selected.IsEmpty)
                    {
                        return;
                    }
                    folder.Write("file.txt", edit.Before);
                    folder.Write("some.patch", $"--- a/file.txt\n+++ b/file.txt\n{selected.ToPatch("p").Files[0].Unified}");
                    folder.Run("git", ["apply", "some.patch"]);
                    Assert.Equal(Encoding.UTF8.GetString(selected.Files[0].After!), folder.Read("file.txt"));
                },
                few: 15,
                many: 60,
                threads: 1
            );
    }

    [Fact]
    public void An_id_is_unique_and_outlives_edits_elsewhere() =>
        RandomEdit.Any.Holds(
            edit =>
            {
                var hunks = Plan(edit).ToPatch("p").Files.SelectMany(file => file.Hunks).ToList();
                Assert.Equal(hunks.Count, hunks.Select(hunk => hunk.HunkId).Distinct().Count());
                Assert.All(hunks, hunk => Assert.Matches("^h[0-9a-f]{12}$", hunk.HunkId));
                // The first hunk may see the new lines among its three lines of context.
                var moved = Plan(edit, "new 1\nnew 2\n").ToPatch("p").Files.SelectMany(file => file.Hunks).ToList();
                Assert.Equal(
                    hunks.Where(hunk => hunk.OldStart > 4).Select(hunk => hunk.HunkId),
                    moved.Where(hunk => hunk.OldStart > 6).Select(hunk => hunk.HunkId)
                );
            },
            few: 50,
            many: 200
        );

    [Fact]
    public void Equal_hunks_are_told_apart()
    {
        var files = Files.Of(("a.txt", "x\ny\nz\nw\nx\ny\nz\nw\nx\ny\nz\nw\n"));
        var plan = files.Plan("a.txt\n```\n" + string.Concat(Enumerable.Repeat("x\nY\nz\nw\n", 3)) + "```\n");
        Assert.Equal(3, Ids(plan).Count);
    }

    [Fact]
    public void Without_the_move_the_hunks_of_a_moved_file_mean_nothing()
    {
        var files = Files.Of(("a.txt", "one\ntwo\n"));
        var plan = files.Plan("*** Begin Patch\n*** Update File: a.txt\n*** Move to: b.txt\n@@\n-one\n+uno\n*** End Patch\n");
        var file = Assert.Single(plan.ToPatch("p").Files);
        Assert.Equal((FileChange.Moved, "b.txt", "a.txt", 2), (file.Change, file.Path, file.From, file.Hunks.Count));
        Assert.Equal("moved from a.txt", file.Hunks[0].Header);
        Assert.True(plan.Select(new HashSet<string> { file.Hunks[1].HunkId }).IsEmpty);
        Assert.Equal("== b.txt\none\ntwo\n|\n", files.Show(plan.Select(new HashSet<string> { file.Hunks[0].HunkId })));
    }

    [Fact]
    public void New_and_deleted_files_are_one_hunk()
    {
        var files = Files.Of(("gone.txt", "a\nb\n"));
        var patch = files.Plan("*** Begin Patch\n*** Delete File: gone.txt\n*** Add File: new.txt\n+x\n*** End Patch\n").ToPatch("p");
        Assert.Equal(
            [(FileChange.Deleted, 1, 2, 0, 0, "@@ -1,2 +0,0 @@\n-a\n-b\n"), (FileChange.Added, 0, 0, 1, 1, "@@ -0,0 +1,1 @@\n+x\n")],
            patch.Files.Select(file =>
                (
                    file.Change,
                    file.Hunks.Single().OldStart,
                    file.Hunks.Single().OldLines,
                    file.Hunks.Single().NewStart,
                    file.Hunks.Single().NewLines,
                    file.Unified
                )
            )
        );
    }

    [Fact]
    public void Hunks_are_shown_with_three_lines_around_and_one_kept_line_separates_two()
    {
        var files = Files.Of(("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13"));
        var file = files.Plan("a.txt\n```\n1\n2\n3\nfour\n5\nsix\n7\n8\n9\n10\n11\n12\nthirteen\n```\n").ToPatch("p").Files.Single();
        Assert.Equal(
            [(4, 1, 4, 1), (6, 1, 6, 1), (13, 1, 13, 1)],
            file.Hunks.Select(hunk => (hunk.OldStart, hunk.OldLines, hunk.NewStart, hunk.NewLines))
        );
        Assert.Equal(
            "@@ -1,13 +1,13 @@\n 1\n 2\n 3\n-4\n+four\n 5\n-6\n+six\n 7\n 8\n 9\n 10\n 11\n 12\n-13\n\\ No newline at end of "
                + "file\n+thirteen\n\\ No newline at end of file\n",
            file.Unified
        );
        Assert.Equal((3, 3), (file.Added, file.Removed));
    }

    /// <summary>Another way to the same text, from what clients are told.</summary>
    private static string Mix(string old, string now, IReadOnlyList<Hunk> hunks, HashSet<string> chosen)
    {
        string[] before = Lines(old),
            after = Lines(now);
        var mixed = before.Select(line => (string?)line).ToList();
        foreach (var hunk in hunks.Where(hunk => chosen.Contains(hunk.HunkId)).Reverse())
        {
            var start = hunk.OldLines == 0 ? hunk.OldStart : hunk.OldStart - 1;
            mixed.RemoveRange(start, hunk.OldLines);
            mixed.InsertRange(start, after.Skip(hunk.NewLines == 0 ? hunk.NewStart : hunk.NewStart - 1).Take(hunk.NewLines));
        }
        return string.Concat(mixed);
    }

    private static string[] Lines(string text) =>
        [
            .. text.Split('\n').SkipLast(1).Select(line => line + "\n"),
            .. text.EndsWith('\n') || text.Length == 0 ? Array.Empty<string>() : [text.Split('\n')[^1]],
        ];
}

using System.Text;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

public sealed class ThreeWaySpecs
{
    private static readonly Gen<TextLine[]> SomeLines = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], (word, end) =>
        new TextLine("abcdef"[word].ToString(), end == 0 ? "\r\n" : "\n")
    ).Array[0, 12];

    [Fact]
    public void A_side_that_changed_nothing_gives_way() =>
        Gen.Select(SomeLines, SomeLines)
            .Holds(
                (old, now) =>
                {
                    Same(now, ThreeWay.Merge(old, now, old));
                    Same(now, ThreeWay.Merge(old, old, now));
                    Same(now, ThreeWay.Merge(old, now, now));
                },
                few: 300,
                many: 2000
            );

    [Fact]
    public void The_sides_can_change_places() =>
        Gen.Select(SomeLines, SomeLines, SomeLines)
            .Holds(
                (old, ours, theirs) =>
                {
                    var (one, other) = (ThreeWay.Merge(old, ours, theirs), ThreeWay.Merge(old, theirs, ours));
                    Assert.Equal(one.Conflicts.Select(conflict => conflict.Line), other.Conflicts.Select(conflict => conflict.Line));
                    if (one.Conflicts.Count == 0)
                    {
                        Assert.Equal(one.Lines, other.Lines);
                    }
                },
                few: 300,
                many: 2000
            );

    /// <summary>Each side gets some of the changes of one edit; as long as an unchanged line lies between them, all of them come out
    /// together.</summary>
    [Fact]
    public void Edits_of_other_lines_all_come_out() =>
        Gen.Select(RandomEdit.Any, Gen.Int)
            .Holds(
                (edit, bits) =>
                {
                    var (mine, yours) = (
                        edit.Changes.Where((_, i) => (bits >> i & 1) == 0).ToList(),
                        edit.Changes.Where((_, i) => (bits >> i & 1) == 1).ToList()
                    );
                    byte[] Bytes(IReadOnlyList<Change> changes) => Encoding.UTF8.GetBytes(TextOf(edit, changes));

                    var merged = ThreeWay.Merge("a", Bytes([]), Bytes(mine), Bytes(yours));

                    Assert.Empty(merged.Conflicts);
                    Assert.Equal(TextOf(edit, edit.Changes), Encoding.UTF8.GetString(merged.Bytes!));
                },
                few: 200,
                many: 1000
            );

    /// <summary>On lines that are all different no two programs can see the changes in another way.</summary>
    [Fact]
    public void It_joins_what_git_joins()
    {
        using var folder = new TreeFolder();
        Gen.Select(Gen.Int[0, 9].Array[2], Gen.Int[0, 3].Array[2], Gen.Int[0, 2].Array[2])
            .Holds(
                (at, count, added) =>
                {
                    string[] lines = [.. Enumerable.Range(0, 10).Select(i => $"line {i}\n")];
                    string Side(int i, string name) =>
                        string.Concat([
                            .. lines[..at[i]],
                            .. Enumerable.Range(0, added[i]).Select(n => $"{name} {n}\n"),
                            .. lines[Math.Min(10, at[i] + count[i])..],
                        ]);
                    var (old, ours, theirs) = (string.Concat(lines), Side(0, "ours"), Side(1, "theirs"));
                    folder.Write("old", old);
                    folder.Write("ours", ours);
                    folder.Write("theirs", theirs);
                    var judge = folder.Run("git", ["merge-file", "-p", "--diff3", "ours", "old", "theirs"]);

                    var merged = ThreeWay.Merge(
                        "a",
                        Encoding.UTF8.GetBytes(old),
                        Encoding.UTF8.GetBytes(ours),
                        Encoding.UTF8.GetBytes(theirs)
                    );

                    Assert.Equal(judge.Contains("<<<<<<<"), merged.Conflicts.Count > 0);
                    if (merged.Bytes is not null)
                    {
                        Assert.Equal(judge, Encoding.UTF8.GetString(merged.Bytes));
                    }
                },
                few: 40,
                many: 300,
                threads: 1
            );
    }

    [Fact]
    public void A_conflict_names_the_lines_of_all_three()
    {
        var conflict = Assert.Single(
            ThreeWay.Merge(Lines("1\n2\n3\n4\n"), Lines("1\nmine\n3\n4\n"), Lines("1\nyours\nmore\n3\n4\n")).Conflicts
        );

        Assert.Equal(
            (2, "2\n", "mine\n", "yours\nmore\n"),
            (conflict.Line, LineText.Join(conflict.Base), LineText.Join(conflict.Ours), LineText.Join(conflict.Theirs))
        );
    }

    [Fact]
    public void Changes_side_by_side_are_a_conflict() =>
        Assert.Single(ThreeWay.Merge(Lines("1\n2\n"), Lines("a\n2\n"), Lines("1\nb\n")).Conflicts);

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("iso-8859-1")]
    public void A_file_keeps_its_encoding_and_its_ends(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] Of(string text) => [.. encoding.Preamble, .. encoding.GetBytes(text)];

        var merged = ThreeWay.Merge("a", Of("é1\r\n2\n3\r\n4"), Of("é1\r\nours\n3\r\n4"), Of("é1\r\n2\n3\r\ntheirs"));

        Assert.Equal(Of("é1\r\nours\n3\r\ntheirs"), merged.Bytes);
    }

    [Fact]
    public void Plain_text_takes_in_letters_of_an_unknown_code_page() =>
        Assert.Equal(
            "\u00E9\n2\n3!\n",
            Encoding.Latin1.GetString(
                ThreeWay.Merge("a", "1\n2\n3\n"u8.ToArray(), [0xE9, .. "\n2\n3\n"u8], "1\n2\n3!\n"u8.ToArray()).Bytes!
            )
        );

    [Fact]
    public void Binary_files_and_mixed_encodings_are_not_merged()
    {
        foreach (var ours in new byte[][] { [0, 1, 2], [0xFF, 0xFE, .. "1\0\n\0"u8], [0xEF, 0xBB, 0xBF, .. "1\n2\n"u8] })
        {
            var merged = ThreeWay.Merge("a", "1\n2\n"u8.ToArray(), ours, "1\n3\n"u8.ToArray());
            Assert.Null(merged.Bytes);
            Assert.Empty(merged.Conflicts);
        }
    }

    private static TextLine[] Lines(string text) => LineText.Split(text);

    private static void Same(TextLine[] expected, MergedLines merged)
    {
        Assert.Empty(merged.Conflicts);
        Assert.Equal(expected, merged.Lines);
    }

    private static string TextOf(RandomEdit edit, IReadOnlyList<Change> changes)
    {
        var text = new StringBuilder();
        var at = 0;
        foreach (var change in changes)
        {
            for (; at < change.Start; at++)
            {
                text.Append(edit.Lines[at]).Append(edit.Ends[at]);
            }
            foreach (var line in change.New)
            {
                text.Append(line).Append('\n');
            }
            at += change.Old.Count;
        }
        for (; at < edit.Lines.Count; at++)
        {
            text.Append(edit.Lines[at]).Append(edit.Ends[at]);
        }
        return text.ToString();
    }
}

using System.Text;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>Whatever form an edit comes in, the file ends as the edit says, and lines it does not name keep their bytes.</summary>
public sealed class RoundTripSpecs
{
    private static readonly PlanOptions Options = new(MayDelete: true);

    public static TheoryData<string> Formats => RandomEdit.Formats;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_form_of_an_edit_gives_the_same_file(string format) =>
        RandomEdit.WithLf.Holds(
            edit =>
            {
                var files = Files.Of((RandomEdit.Path, edit.Before));
                var plan = files.Plan(edit.Render(format), options: Options);
                if (edit.Changes.Count == 0)
                {
                    return;
                }
                Assert.Empty(plan.Refusals);
                var newline = edit.Ends[^1].Length > 0 || format.StartsWith("apply_patch", StringComparison.Ordinal);
                Assert.Equal(
                    string.Join('\n', edit.After.Select(line => line.Text)) + (newline ? "\n" : ""),
                    files.Text(plan, RandomEdit.Path)
                );
            },
            few: 60,
            many: 300
        );

    [Theory]
    [MemberData(nameof(Formats))]
    public void Lines_an_edit_does_not_name_keep_their_ends(string format) =>
        RandomEdit.Any.Holds(
            edit =>
            {
                var files = Files.Of((RandomEdit.Path, edit.Before));
                var plan = files.Plan(edit.Render(format), options: Options);
                if (edit.Changes.Count == 0)
                {
                    return;
                }
                var after = LineText.Split(files.Text(plan, RandomEdit.Path));
                Assert.Equal(edit.After.Select(line => line.Text), after.Select(line => line.Text));
                for (var i = 0; i < after.Length - 1; i++)
                {
                    if (edit.After[i].Old >= 0 && edit.Ends[edit.After[i].Old].Length > 0)
                    {
                        Assert.Equal(edit.Ends[edit.After[i].Old], after[i].End);
                    }
                }
                Assert.All(after[..^1], line => Assert.NotEqual("", line.End));
            },
            few: 60,
            many: 300
        );

    [Fact]
    public void Whole_file_and_search_give_the_same_hunks() =>
        RandomEdit.Any.Holds(
            edit =>
            {
                var files = Files.Of((RandomEdit.Path, edit.Before));
                var hunks = new[] { "whole", "search", "unified" }
                    .Select(format =>
                        files.Plan(edit.Render(format), options: Options).ToPatch("p").Files.SelectMany(file => file.Hunks).ToList()
                    )
                    .ToList();
                Assert.Equal(hunks[0], hunks[1]);
                Assert.Equal(hunks[0], hunks[2]);
            },
            few: 60,
            many: 300
        );

    [Fact]
    public void The_same_input_gives_the_same_plan() =>
        RandomEdit.Any.Holds(
            edit =>
            {
                var files = Files.Of((RandomEdit.Path, edit.Before));
                var (one, other) = (files.Plan(edit.Render("search")), files.Plan(edit.Render("search")));
                Assert.Equal(one.Fingerprint, other.Fingerprint);
                Assert.Equal(one.ToPatch("p").Files.Select(file => file.Unified), other.ToPatch("p").Files.Select(file => file.Unified));
                Assert.Equal(one.Refusals, other.Refusals);
            },
            few: 40,
            many: 100
        );

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-8 with mark")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1251")]
    public void A_file_keeps_its_encoding(string name)
    {
        var text = name.Contains("1251", StringComparison.Ordinal) ? "первая\nвторая\nthird" : "caf\u00E9\nna\u00EFve\nthird";
        var encoding = name switch
        {
            "utf-8 with mark" => new UTF8Encoding(true),
            "utf-8" => new UTF8Encoding(false),
            _ => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name),
        };
        byte[] before = [.. encoding.Preamble, .. encoding.GetBytes(text)],
            after = [.. encoding.Preamble, .. encoding.GetBytes(text.Replace("third", "fourth"))];
        var files = Files.Of([KeyValuePair.Create("a.txt", before)]);
        var plan = files.Plan("a.txt\n<<<<<<< SEARCH\nthird\n=======\nfourth\n>>>>>>> REPLACE\n");
        Assert.Equal(after, files.After(plan)["a.txt"]);
    }

    [Fact]
    public void A_known_code_page_takes_its_own_letters_and_no_others()
    {
        var cyrillic = CodePagesEncodingProvider.Instance.GetEncoding("windows-1251")!;
        var files = Files.Of([KeyValuePair.Create("a.txt", cyrillic.GetBytes("первая\nвторая\n"))]);
        PatchPlan Plan(string line) =>
            PatchPlanner.Plan(
                PatchParser.ParseReply($"a.txt\n<<<<<<< SEARCH\nвторая\n=======\n{line}\n>>>>>>> REPLACE\n", true),
                files.Base with
                {
                    Texts = new TextFiles(path => path == ".editorconfig" ? "[*]\ncharset = windows-1251\n"u8.ToArray() : null),
                },
                null,
                new()
            );
        Assert.Equal(cyrillic.GetBytes("первая\nтретья\n"), files.After(Plan("третья"))["a.txt"]);
        var refused = Assert.Single(Plan("三").Refusals);
        Assert.Equal("encoding", refused.Code);
        Assert.Contains("U+4E09", refused.Message);
    }

    [Theory]
    [InlineData("one\rtwo\rthree\r", "one\r2\rthree\r")]
    [InlineData("one\u0085x\ntwo\nthree\u2028y\r\n", "one\u0085x\n2\nthree\u2028y\r\n")]
    [InlineData("one\ntwo", "one\n2")]
    [InlineData("one\r\ntwo\nthree\fx\r\n", "one\r\n2\nthree\fx\r\n")]
    public void Lines_end_where_an_editor_ends_them(string before, string after)
    {
        var files = Files.Of(("a.txt", before));
        Assert.Equal(after, files.Text(files.Plan("a.txt\n<<<<<<< SEARCH\ntwo\n=======\n2\n>>>>>>> REPLACE\n"), "a.txt"));
    }
}

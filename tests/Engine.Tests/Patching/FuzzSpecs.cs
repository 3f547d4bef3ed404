using System.Text;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing;
using CodexSidecar.Testing.Edits;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>Whatever a model says: no exception, no hang, and nothing of a block that was never finished.</summary>
public sealed class FuzzSpecs
{
    private static readonly string[] Pieces =
    [
        "```",
        "```js",
        "````",
        "~~~",
        "src/a.js",
        "**src/b.js**:",
        "`a.js`",
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "------- SEARCH",
        "+++++++ REPLACE",
        "*** Begin Patch",
        "*** End Patch",
        "*** Update File: src/a.js",
        "*** Add File: src/c.js",
        "*** Delete File: src/a.js",
        "*** Move to: src/d.js",
        "*** End of File",
        "@@",
        "@@ class A",
        "@@ -1,2 +1,2 @@",
        "--- a/src/a.js",
        "+++ b/src/a.js",
        "+++ /dev/null",
        "diff --git a/src/a.js b/src/b.js",
        "rename from src/a.js",
        "rename to src/b.js",
        "+added",
        "-one",
        " two",
        "one",
        "two",
        "three",
        "",
        "...",
        "// ... existing code ...",
        "\\ No newline at end of file",
        "<file path=\"src/a.js\">",
        "</file>",
        "<content>",
        "</content>",
        "{\"path\": \"a\", \"content\": \"b\"}",
        "{",
        "<think>",
        "</think>",
        "<|im_end|>",
        ":start_line:2",
        "\u2028",
        "\uD800",
        "\0",
        "../x",
        "/etc/passwd",
        ".git/config",
        "GIT binary patch",
        "new file mode 120000",
        "\"a\\377b\"",
    ];

    private static readonly Files Two = Files.Of(("src/a.js", "one\ntwo\nthree\n"), ("src/b.js", "one\r\ntwo"));

    private static readonly Gen<string> Reply = Gen.Int[0, Pieces.Length - 1]
        .Select(i => Pieces[i])
        .Array[0, 30]
        .Select(lines => string.Join('\n', lines));

    [Fact]
    public void Any_mixture_of_markers_is_read_and_planned() =>
        Gen.Select(Reply, Gen.Bool)
            .Holds(
                (reply, complete) =>
                {
                    var plan = Two.Plan(reply, complete);
                    var next = Two.Plan(reply, complete: true, plan);
                    foreach (var one in new[] { plan, next })
                    {
                        Assert.DoesNotContain(one.Files, file => file.Path.Contains(".git", StringComparison.OrdinalIgnoreCase));
                        Assert.Equal(
                            one.Fingerprint,
                            one.Select(
                                one.ToPatch("p").Files.SelectMany(file => file.Hunks).Select(hunk => hunk.HunkId).ToHashSet()
                            ).Fingerprint
                        );
                        Two.After(one);
                        Assert.True(PatchFeedback.Write(one, Two.Base, 1500).Length <= 1500);
                    }
                    PatchParser.ParsePatch(reply);
                },
                few: 2000,
                many: 20_000
            );

    /// <summary>The first of the million that <c>npm run bench:fuzz</c> goes through, the same at every run.</summary>
    [Fact]
    public void A_damaged_reply_of_the_corpus_keeps_every_promise()
    {
        var mutation = new EditMutation(EditCase.All(Path.Combine(AppContext.BaseDirectory, "fixtures", "patching")), seed: 1);
        for (var i = 0; i < Property.Times(1_000, 100_000); i++)
        {
            var (one, reply) = mutation.Next();
            var fault = Record.Exception(() => EditCheck.Holds(one, reply));
            Assert.True(fault is null, $"{fault}\n{EditCheck.Show(one, reply)}");
        }
    }

    /// <summary>
    /// Markers, words and signs that mean something; npm run test:long takes a MiB of each, <c>npm run bench:fuzz</c> four. What is
    /// quadratic would take minutes, and be named by the runner while it does.
    /// </summary>
    [Fact]
    public void A_heap_of_any_marker_is_read()
    {
        foreach (var marker in EditMutation.Markers)
        {
            var reply = string.Concat(
                Enumerable.Repeat(marker + "\n", Property.Times(1 << 18, 1 << 20) / (Encoding.UTF8.GetByteCount(marker) + 1))
            );
            Two.Plan(reply);
        }
    }

    [Fact]
    public void Any_text_is_read_and_planned() => Gen.String.Holds(text => Two.Plan(text), few: 500, many: 1000);

    public static TheoryData<string> Formats => RandomEdit.Formats;

    /// <summary>Cut anywhere, a reply gives the blocks it had finished: the file is in a state between two blocks, never inside
    /// one.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void A_reply_that_was_cut_changes_nothing_with_its_open_block(string format) =>
        RandomEdit.WithLf.Holds(
            edit =>
            {
                if (edit.Changes.Count is 0 or > 4)
                {
                    return;
                }
                var files = Files.Of((RandomEdit.Path, edit.Before));
                var reply = edit.Render(format);
                var options = new PlanOptions(MayDelete: true);
                var states = Enumerable
                    .Range(0, edit.Changes.Count + 1)
                    .Select(count => States(edit with { Changes = [.. edit.Changes.Take(count)] }))
                    .ToHashSet();
                for (var length = 0; length <= reply.Length; length++)
                {
                    var plan = files.Plan(reply[..length], complete: false, options: options);
                    var text = plan.IsEmpty ? edit.Before : files.Text(plan, plan.Files[0].Path);
                    Assert.Contains(text.TrimEnd('\n'), states);
                    Assert.True(plan.Files.All(file => file.Path == RandomEdit.Path));
                }
            },
            few: 10,
            many: 40
        );

    private static string States(RandomEdit edit) => string.Join('\n', edit.After.Select(line => line.Text)).TrimEnd('\n');

    public static TheoryData<string> Hostile =>
        [
            "equal lines",
            "one long line",
            "markers",
            "fences",
            "nested fences",
            "tags",
            "braces",
            "dividers",
            "search of equal lines",
            "hunks",
        ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_reply_is_read(string kind)
    {
        var lines = string.Concat(Enumerable.Repeat("same\n", 100_000));
        var files = Files.Of(("a.txt", lines));
        var reply = kind switch
        {
            "equal lines" => $"a.txt\n```\n{lines}other\n```\n",
            "one long line" => $"a.txt\n```\n{new string('x', 900_000)}\n```\n",
            "markers" => string.Concat(Enumerable.Repeat("<<<<<<< SEARCH\n", 10_000)),
            "fences" => string.Concat(Enumerable.Repeat("````a\n", 50_000))
                + string.Concat(Enumerable.Repeat("```\n", 50_000))
                + "<<<<<<< SEARCH\n",
            "nested fences" => string.Concat(Enumerable.Repeat("```a\n", 100_000)) + "<<<<<<< SEARCH\n```\n",
            "tags" => string.Concat(Enumerable.Repeat("<file path=\"a\">\n", 50_000)) + "</file>\n",
            "braces" => string.Concat(Enumerable.Repeat("{\"a\":[\n", 50_000)),
            "dividers" => "a.txt\n<<<<<<< SEARCH\n" + string.Concat(Enumerable.Repeat("=======\n", 100_000)) + ">>>>>>> REPLACE\n",
            "search of equal lines" => $"a.txt\n<<<<<<< SEARCH\n{lines[..250_000]}=======\nother\n>>>>>>> REPLACE\n",
            _ => "*** Begin Patch\n*** Update File: a.txt\n"
                + string.Concat(Enumerable.Repeat("@@\n-same\n+other\n", 900))
                + "*** End Patch\n",
        };
        // What is quadratic would take minutes, and be named by the runner while it does.
        files.Plan(reply);
    }
}

using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>What other agents write around an edit becomes that edit or is refused with a reason; none of it ever is the text of a
/// file.</summary>
public sealed class DialectSpecs
{
    private const string Before = "import os\n\n\ndef area(w, h):\n    return w + h\n\n\ndef side(a):\n    return a\n",
        Old = "    return w + h",
        New = "    return w * h";

    private static readonly string After = Before.Replace("w + h", "w * h", StringComparison.Ordinal);

    private static readonly string Call = $$"""{"path": "src/area.py", "old_string": "{{Old}}", "new_string": "{{New}}"}""";

    private static string Marked(string start, string middle, string end) => $"{start}\n{Old}\n{middle}\n{New}\n{end}\n";

    private static string Tagged(string old, string now) => $"<{old}>\n{Old}\n</{old}>\n<{now}>\n{New}\n</{now}>\n";

    private static string Numbers(Func<int, string> number) =>
        string.Concat(After.TrimEnd('\n').Split('\n').Select((line, i) => $"{number(i + 1)}{line}\n"));

    private static readonly (string Name, string Text)[] Forms =
    [
        ("old_string", Tagged("old_string", "new_string")),
        ("old_str", Tagged("old_str", "new_str")),
        ("old_text", Tagged("old_text", "new_text")),
        ("SEARCH", Tagged("SEARCH", "REPLACE")),
        ("search", Tagged("search", "replace")),
        ("find", Tagged("find", "replace")),
        ("original_code", Tagged("original_code", "updated_code")),
        ("old", Tagged("old", "new")),
        ("old with a line", Tagged("old_text", "new_text").Replace("<old_text>", "<old_text line=5>", StringComparison.Ordinal)),
        ("edit around them", $"<edit>\n{Tagged("old", "new")}</edit>\n"),
        ("old on one line", $"<old>{Old}</old>\n<new>{New}</new>\n"),
        ("all on one line", $"<edit><old>{Old}</old><new>{New}</new></edit>\n"),
        ("a call", Call + "\n"),
        ("a call with a name", $$"""{"name": "edit", "arguments": {{Call}}}""" + "\n"),
        ("words", Marked("SEARCH:", "REPLACE:", "")),
        ("other words", Marked("Find:", "Replace with:", "")),
        ("comments", Marked("# OLD", "# NEW", "")),
        ("conflict", Marked("<<<<<<< HEAD", "=======", ">>>>>>> ours")),
        ("four signs", Marked("<<<<", "====", ">>>>")),
        ("markers", Marked("<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE")),
        ("hunk", $"@@ -5 +5 @@\n-{Old}\n+{New}\n"),
        ("bare hunk", $"@@\n-{Old}\n+{New}\n"),
        ("signs", $" def area(w, h):\n-{Old}\n+{New}\n"),
        ("patch", $"*** Begin Patch\n*** Update File: src/area.py\n@@\n-{Old}\n+{New}\n*** End Patch\n"),
        ("normal diff", $"5c5\n< {Old}\n---\n> {New}\n"),
        ("ed", $"5c\n{New}\n.\n"),
        ("bars", Numbers(i => $"{i}| ")),
        ("bars and blanks", Numbers(i => $"{i} | ")),
        ("colons", Numbers(i => $"{i}: ")),
        ("tabs", Numbers(i => $"{i, 6}\t")),
        ("arrows", Numbers(i => $"{i}\u2192")),
        ("ids", Numbers(i => $"{i}:x{i}|")),
        ("hashes", Numbers(i => $"#A{(char)('A' + i)}|")),
        ("an excerpt with numbers", $"5| {New.Trim()}\n"),
        ("its name", "src/area.py\n" + After),
        ("its name with a label", "File: src/area.py\n" + After),
        ("a fence", $"```python\n{After}```\n"),
        ("its name and a fence", $"src/area.py\n```\n{After}```\n"),
        ("an open fence", $"```python\n{After}"),
    ];

    private static readonly (string Name, Func<string, string> Around)[] Envelopes =
    [
        ("fence", text => $"src/area.py\n`````python\n{text}`````\n"),
        ("file", text => $"<file path=\"src/area.py\">\n{text}</file>\n"),
        ("content", text => $"<write_to_file>\n<path>src/area.py</path>\n<content>\n{text}</content>\n</write_to_file>\n"),
        ("call", text =>
            System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["path"] = "src/area.py", ["content"] = text })
        ),
    ];

    public static TheoryData<string, string> All
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (envelope, _) in Envelopes)
            {
                foreach (var (form, _) in Forms)
                {
                    rows.Add(envelope, form);
                }
            }
            return rows;
        }
    }

    private static string Reply(string envelope, string form) =>
        Array.Find(Envelopes, one => one.Name == envelope).Around(Array.Find(Forms, one => one.Name == form).Text);

    [Theory]
    [MemberData(nameof(All))]
    public void An_edit_in_place_of_a_whole_file_is_an_edit_or_refused(string envelope, string form)
    {
        var files = Files.Of(("src/area.py", Before), ("src/z.py", "z = 1\n"));
        var plan = files.Plan(Reply(envelope, form));
        if (plan.Refusals.Count == 0)
        {
            Assert.Equal("src/area.py", Assert.Single(plan.Files).Path);
            Assert.Equal(After, files.Text(plan, "src/area.py"));
        }
        else
        {
            Assert.True(plan.IsEmpty);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_is_never_a_new_file(string envelope, string form)
    {
        var files = Files.Of(("src/z.py", "z = 1\n"));
        var plan = files.Plan(Reply(envelope, form));
        // 1: may be a file's own way; that it is a listing is only known beside the file.
        Assert.True(
            plan.IsEmpty || form == "colons" || files.Text(plan, "src/area.py") == After,
            plan.IsEmpty ? "" : files.Text(plan, "src/area.py")
        );
    }

    /// <summary>The forms that models are trained on are carried out, whatever stands around them.</summary>
    [Theory]
    [InlineData("old_string")]
    [InlineData("search")]
    [InlineData("old with a line")]
    [InlineData("edit around them")]
    [InlineData("a call")]
    [InlineData("a call with a name")]
    [InlineData("markers")]
    [InlineData("hunk")]
    [InlineData("patch")]
    [InlineData("bars")]
    [InlineData("tabs")]
    [InlineData("ids")]
    [InlineData("its name")]
    [InlineData("a fence")]
    [InlineData("its name and a fence")]
    public void A_form_that_is_clear_is_carried_out(string form)
    {
        var files = Files.Of(("src/area.py", Before), ("src/z.py", "z = 1\n"));
        foreach (var (envelope, _) in Envelopes)
        {
            var plan = files.Plan(Reply(envelope, form));
            Assert.Empty(plan.Refusals.Select(refusal => $"{envelope}: {refusal.Code} {refusal.Message}"));
            Assert.Equal(After, files.Text(plan, "src/area.py"));
        }
    }

    /// <summary>The calls of other agents outside of any file.</summary>
    [Theory]
    [InlineData(
        """{"name": "edit", "arguments": {"file_path": "src/area.py", "old_string": "    return w + h", "new_string": "    return w * h"}}"""
    )]
    [InlineData("""{"path": "src/area.py", "edits": [{"oldText": "    return w + h", "newText": "    return w * h"}]}""")]
    [InlineData(
        """[TOOL_CALLS][{"name": "e", "arguments": {"filePath": "src/area.py", "oldString": "    return w + h", "newString": "    return w * h"}}]"""
    )]
    [InlineData("""{"edits": [{"path": "src/area.py", "search": "    return w + h", "replace": "    return w * h"}]}""")]
    [InlineData(
        """{"function": {"arguments": "{\"path\": \"src/area.py\", \"old_str\": \"    return w + h\", \"new_str\": \"    return w * h\"}"}}"""
    )]
    [InlineData(
        "<search_and_replace>\n<path>src/area.py</path>\n<search>    return w + h</search>\n"
            + "<replace>    return w * h</replace>\n</search_and_replace>"
    )]
    [InlineData(
        "<edit path=\"src/area.py\">\n<old_text>\n    return w + h\n</old_text>\n<new_text>\n    return w * h\n</new_text>\n</edit>"
    )]
    [InlineData(
        "<function=edit>\n<parameter=path>\nsrc/area.py\n</parameter>\n<parameter=old_string>\n    return w + h\n</parameter>\n"
            + "<parameter=new_string>\n    return w * h\n</parameter>\n</function>"
    )]
    [InlineData(
        "<invoke name=\"str_replace\">\n<parameter name=\"path\">src/area.py</parameter>\n"
            + "<parameter name=\"old_str\">    return w + h</parameter>\n"
            + "<parameter name=\"new_str\">    return w * h</parameter>\n</invoke>"
    )]
    public void A_call_with_the_text_before_and_after_is_an_edit(string reply)
    {
        var files = Files.Of(("src/area.py", Before), ("src/z.py", "z = 1\n"));
        var plan = files.Plan("I change the sign.\n\n" + reply + "\n");
        Assert.Empty(plan.Refusals);
        Assert.Equal(After, files.Text(plan, "src/area.py"));
    }

    /// <summary>A text that goes to a line is not the whole file.</summary>
    [Theory]
    [InlineData("<insert_content>\n<path>src/area.py</path>\n<line>4</line>\n<content>\nx = 1\n</content>\n</insert_content>\n")]
    [InlineData(
        "<function=insert>\n<parameter=path>src/area.py</parameter>\n<parameter=insert_line>4</parameter>\n"
            + "<parameter=content>\nx = 1\n</parameter>\n</function>\n"
    )]
    [InlineData("""{"path": "src/area.py", "insert_line": 4, "content": "x = 1\n"}""")]
    public void A_text_beside_a_place_is_not_the_file(string reply)
    {
        var plan = Files.Of(("src/area.py", "a = 1\nb = 2\n"), ("src/z.py", "z = 1\n")).Plan(reply);
        Assert.True(plan.IsEmpty);
        Assert.Equal("malformed", Assert.Single(plan.Refusals).Code);
    }

    [Theory]
    [InlineData("<file path=\"src/it's.py\">", "src/it's.py")]
    [InlineData("<file path='src/it's.py'>", "src/it's.py")]
    [InlineData("<file path=\"src/<T>.py\">", "src/<T>.py")]
    [InlineData("<file path=\"src/say \"hi\".py\">", "src/say \"hi\".py")]
    [InlineData("<file path=\u201Csrc/a.py\u201D>", "src/a.py")]
    [InlineData("<file path=src/a.py>", "src/a.py")]
    [InlineData("<file id=\"1\" path=\"src/a.py\" lang=\"py\">", "src/a.py")]
    [InlineData("<write_file file_path=\"src/a.py\">", "src/a.py")]
    public void The_path_of_a_tag_may_hold_quotes(string tag, string path)
    {
        var plan = Files.Of((path, "a = 1\n"), ("z.py", "z = 1\n")).Plan($"{tag}\na = 2\n</{tag.Split(' ')[0][1..]}>\n");
        Assert.Equal(path, Assert.Single(plan.Files).Path);
    }

    [Fact]
    public void Entities_of_a_tag_are_the_signs_they_stand_for()
    {
        var files = Files.Of(("a.js", "let a = 1;\nlet b = 2;\n"), ("b.html", "<p>&lt;</p>\n"));
        Assert.Equal(
            "let a = 1;\nlet b = a < 2;\n",
            files.Text(files.Plan("<file path=\"a.js\">\nlet a = 1;\nlet b = a &lt; 2;\n</file>\n"), "a.js")
        );
        Assert.Equal("<p>&lt;&gt;</p>\n", files.Text(files.Plan("<file path=\"b.html\">\n<p>&lt;&gt;</p>\n</file>\n"), "b.html"));
    }

    [Fact]
    public void Typographic_signs_in_lines_that_stay_are_not_written()
    {
        var files = Files.Of(("a.js", "say(\"it's\");\nlet a = 1;\n"), ("z.js", ""));
        var plan = files.Plan("a.js\n```js\nsay(\u201Cit\u2019s\u201D);\nlet a = 2;\n```\n");
        Assert.Equal("say(\"it's\");\nlet a = 2;\n", files.Text(plan, "a.js"));
    }

    /// <summary>What looks like a sign of another form and is the file's own.</summary>
    [Theory]
    [InlineData("data.csv", "1,Ann\n2,Bob\n")]
    [InlineData("map.yaml", "1: one\n2: two\n")]
    [InlineData("notes.md", "1. one\n2. two\n")]
    [InlineData("table.tsv", "1\tone\n2\ttwo\n")]
    [InlineData("rules.json", "{\"find\": \"a\", \"replace\": \"b\"}\n")]
    [InlineData("page.html", "<search>\n<input>\n</search>\n")]
    [InlineData("list.yaml", "- a\n- b\n")]
    [InlineData("Box.vue", "<template>\n<old/>\n</template>\n")]
    [InlineData("run.sh", "#!/bin/sh\necho a | cat\n")]
    [InlineData("a.rb", "class A\n  @@count = 0\nend\n")]
    [InlineData("docs/git.md", "# Conflicts\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n")]
    [InlineData("tests/fixtures/x.js", "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\nend();\n")]
    public void A_text_of_its_own_is_written(string path, string text)
    {
        var files = Files.Of(("z.txt", "z\n"));
        Assert.Equal(text, files.Text(files.Plan($"{path}\n`````\n{text}`````\n"), path));
        Assert.Equal(text, files.Text(files.Plan($"<file path=\"{path}\">\n{text}</file>\n"), path));
    }

    /// <summary>A file that has such lines already may keep them.</summary>
    [Fact]
    public void A_file_keeps_the_signs_it_has()
    {
        const string Help = "HELP = '''\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n'''\n";
        var files = Files.Of(("help.py", Help + "x = 1\n"), ("z.py", ""));
        var plan = files.Plan($"help.py\n`````python\n{Help}x = 2\n`````\n");
        Assert.Empty(plan.Refusals);
        Assert.Equal(Help + "x = 2\n", files.Text(plan, "help.py"));
    }
}

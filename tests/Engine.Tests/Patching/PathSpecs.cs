using CodexSidecar.Engine.Patching;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>Which file a model means, and which it may not.</summary>
public sealed class PathSpecs
{
    private static readonly Files Two = Files.Of(
        ("src/a.js", "one\ntwo\n"),
        ("docs/my notes.md", "one\ntwo\n"),
        ("Makefile", "one\ntwo\n"),
        ("a/deep.txt", "one\ntwo\n")
    );

    [Theory]
    [InlineData("src/a.js")]
    [InlineData("src/a.js:")]
    [InlineData("**src/a.js**")]
    [InlineData("**`src/a.js`**:")]
    [InlineData("`src/a.js`")]
    [InlineData("### src/a.js")]
    [InlineData("#### `src/a.js` (updated)")]
    [InlineData("File: src/a.js")]
    [InlineData("**File:** `src/a.js`")]
    [InlineData("- src/a.js")]
    [InlineData("2. `src/a.js`")]
    [InlineData("> src/a.js")]
    [InlineData("\"src/a.js\"")]
    [InlineData("./src/a.js")]
    [InlineData("src\\a.js")]
    [InlineData("SRC/A.JS")]
    [InlineData("// src/a.js")]
    [InlineData("# src/a.js")]
    [InlineData("<!-- src/a.js -->")]
    [InlineData("Here is the new `src/a.js`:")]
    [InlineData("a.js")]
    public void A_path_is_known_in_any_dress(string dressed)
    {
        var search = Two.Plan($"{dressed}\n```js\n<<<<<<< SEARCH\none\n=======\nONE\n>>>>>>> REPLACE\n```\n");
        Assert.Empty(search.Refusals);
        Assert.Equal("src/a.js", Assert.Single(search.Files).Path);
        var whole = Two.Plan($"{dressed}\n```js\nONE\ntwo\n```\n");
        Assert.Equal("src/a.js", Assert.Single(whole.Files).Path);
    }

    /// <summary>A folder that only a diff has before its names: a model may mean the file without it, if the lines are there.</summary>
    [Theory]
    [InlineData("a/src/a.js")]
    [InlineData("b/src/a.js")]
    [InlineData("path/to/src/a.js")]
    public void A_prefix_of_a_diff_is_forgiven_above_SEARCH_only(string path)
    {
        var files = Files.Of(("src/a.js", "one\ntwo\n"), ("lib/a.js", "three\n"));
        var search = files.Plan($"{path}\n<<<<<<< SEARCH\none\n=======\nONE\n>>>>>>> REPLACE\n");
        Assert.Equal("src/a.js", Assert.Single(search.Files).Path);
        var whole = files.Plan($"{path}\n```js\nONE\ntwo\n```\n");
        Assert.Equal("unknown_file", Assert.Single(whole.Refusals).Code);
        Assert.True(whole.IsEmpty);
        foreach (
            var made in new[]
            {
                $"{path}\n```js\nquite another text\n```\n",
                $"```js {path}\nquite another text\n```\n",
                $"<file path=\"{path}\">\nquite another text\n</file>\n",
                $"*** Begin Patch\n*** Add File: {path}\n+quite another text\n*** End Patch\n",
                $"{path}\n<<<<<<< SEARCH\n=======\nquite another text\n>>>>>>> REPLACE\n",
                $$"""{"path": "{{path}}", "content": "quite another text\n"}""",
            }
        )
        {
            Assert.Equal(path, Assert.Single(files.Plan(made).Files).Path);
        }
    }

    public static TheoryData<string> Odd => [.. OddNames.All, .. OddNames.NotOnWindows];

    [Theory]
    [MemberData(nameof(Odd))]
    public void A_file_that_exists_is_named_by_whatever_signs_it_has(string path)
    {
        const string before = "one\ntwo\nthree\n",
            after = "one\n2\nthree\n";
        var files = Files.Of((path, before), ("other.txt", "x\n"));
        var search = "<<<<<<< SEARCH\ntwo\n=======\n2\n>>>>>>> REPLACE\n";
        foreach (
            var reply in new[]
            {
                $"{path}\n```js\n{after}```\n",
                $"`{path}`\n```js\n{after}```\n",
                $"**{path}**\n```js\n{after}```\n",
                $"File: {path}\n```js\n{after}```\n",
                $"### `{path}`\n\n```js\n{after}```\n",
                $"{path}\n{search}",
                $"```\n{path}\n{search}```\n",
                $"{path}\n```js\n{search}```\n",
                $"```js path=\"{path}\"\n{after}```\n",
                $"*** Begin Patch\n*** Update File: {path}\n@@\n-two\n+2\n*** End Patch\n",
                $"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n",
                $"--- {path}\t2026-01-01\n+++ {path}\t2026-01-01\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n",
                System.Text.Json.JsonSerializer.Serialize(new { path, content = after }),
                $"<file path=\"{path}\">\n{after}</file>\n",
                $"<file path=\"{path}\">\n{search}</file>\n",
                $"<file path=\"{path}\">\n```\n{path}\n{after}```\n</file>\n",
                $"{path}\n<old_text>\ntwo\n</old_text>\n<new_text>\n2\n</new_text>\n",
                $"<edit path=\"{path}\">\n<old_text>\ntwo\n</old_text>\n<new_text>\n2\n</new_text>\n</edit>\n",
                System.Text.Json.JsonSerializer.Serialize(
                    new
                    {
                        path,
                        old_string = "two",
                        new_string = "2",
                    }
                ),
            }
        )
        {
            var plan = files.Plan(reply);
            // What stands behind backticks and holds one is no fence (https://spec.commonmark.org/0.31.2/#info-string).
            if (reply.StartsWith("```js path", StringComparison.Ordinal) && path.Contains('`', StringComparison.Ordinal))
            {
                continue;
            }
            Assert.True(plan.Refusals.Count == 0, $"{reply}\n{string.Join('\n', plan.Refusals)}");
            Assert.Equal(path, Assert.Single(plan.Files).Path);
            Assert.Equal(after, files.Text(plan, path));
        }
    }

    [Theory]
    [InlineData("src/a.js/")]
    [InlineData("src/a.js//")]
    [InlineData("src/a.js/.")]
    [InlineData("src/a.js\\")]
    [InlineData("src/a.js.")]
    [InlineData("src/a.js,")]
    [InlineData("src/a.js;")]
    [InlineData("src/a.js?")]
    [InlineData("src/a.js!")]
    [InlineData("src/a.js:12")]
    [InlineData("src/a.js#L3")]
    [InlineData("src/a.js'")]
    [InlineData("src/a.js\"")]
    [InlineData("src/a.js`")]
    [InlineData("src/a.js)")]
    [InlineData("src/a.js]")]
    [InlineData("src/a.js>")]
    [InlineData("src/a.js</path>")]
    [InlineData("src/a.js - the total")]
    [InlineData("src/a.js // total")]
    [InlineData("src/a.js\u200B")]
    [InlineData("src/a.js\u00A0")]
    [InlineData("src/a.js\uFEFF")]
    [InlineData("src/a.js\u2026")]
    [InlineData("src/a.js*")]
    [InlineData("src/a.js|")]
    [InlineData("src/a.js<|im_end|>")]
    public void A_path_with_rubbish_behind_it_is_no_file(string path)
    {
        foreach (var files in new[] { Files.Of(("src/a.js", "one\ntwo\n")), Two })
        {
            foreach (
                var reply in new[]
                {
                    $"{path}\n```js\nONE\ntwo\n```\n",
                    $"{path}\n<<<<<<< SEARCH\none\n=======\nONE\n>>>>>>> REPLACE\n",
                    System.Text.Json.JsonSerializer.Serialize(new { path, content = "ONE\ntwo\n" }),
                }
            )
            {
                var plan = files.Plan(reply);
                Assert.True(plan.IsEmpty, $"{reply}\n{string.Join('\n', plan.Files.Select(file => file.Path))}");
                Assert.NotEmpty(plan.Refusals);
            }
        }
    }

    [Theory]
    [InlineData("src/a.js~")]
    [InlineData("src/a.js.bak")]
    [InlineData("src/a.jsx")]
    public void A_name_that_goes_on_is_another_file(string path)
    {
        Assert.Equal(path, Assert.Single(Two.Plan($"{path}\n```\nONE\ntwo\n```\n").Files).Path);
        var search = Two.Plan($"{path}\n<<<<<<< SEARCH\none\n=======\nONE\n>>>>>>> REPLACE\n");
        Assert.Equal("unknown_file", Assert.Single(search.Refusals).Code);
    }

    [Theory]
    [InlineData("js path=src/a.js")]
    [InlineData("js:src/a.js")]
    [InlineData("src/a.js")]
    [InlineData("js title=\"src/a.js\"")]
    [InlineData("javascript src/a.js")]
    [InlineData("js {file='src/a.js'}")]
    public void The_words_behind_a_fence_may_name_the_file(string words) =>
        Assert.Equal("src/a.js", Assert.Single(Two.Plan($"```{words}\nONE\ntwo\n```\n").Files).Path);

    [Theory]
    [InlineData("`docs/my notes.md`", "docs/my notes.md")]
    [InlineData("File: docs/my notes.md", "docs/my notes.md")]
    [InlineData("Makefile:", "Makefile")]
    [InlineData("a/deep.txt", "a/deep.txt")]
    public void Unusual_names_are_names(string dressed, string path) =>
        Assert.Equal(path, Assert.Single(Two.Plan($"{dressed}\n```\nONE\ntwo\n```\n").Files).Path);

    [Theory]
    [InlineData("The output is:")]
    [InlineData("### Changes")]
    [InlineData("**Explanation**")]
    [InlineData("For example, e.g. this:")]
    [InlineData("The output of `src/a.js` is:")]
    [InlineData("See https://example.org/a.js")]
    public void Prose_names_no_file(string prose)
    {
        var plan = Two.Plan($"{prose}\n```\nONE\ntwo\n```\n");
        Assert.True(plan.IsEmpty);
        Assert.Equal("malformed", Assert.Single(plan.Refusals).Code);
    }

    [Theory]
    [InlineData(".git/config")]
    [InlineData("sub/.GIT/hooks/post-checkout")]
    [InlineData(".git./x.txt")]
    [InlineData(".git /x.txt")]
    [InlineData("git~1/x.txt")]
    [InlineData(".git::$INDEX_ALLOCATION/x.txt")]
    [InlineData(".g\u200Cit/x.txt")]
    [InlineData("./.git/x.txt")]
    [InlineData("a/.git/x.txt")]
    [InlineData(".git\\x.txt")]
    [InlineData(".codex-sidecar/runs/x.txt")]
    [InlineData(".CODEX-SIDECAR/x.txt")]
    public void Our_own_folders_and_gits_are_refused_in_every_form(string path)
    {
        foreach (
            var reply in new[]
            {
                $"File: `{path}`\n```\nx\n```\n",
                $"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n",
                $"*** Begin Patch\n*** Update File: src/a.js\n*** Move to: {path}\n*** End Patch\n",
                $"*** Begin Patch\n*** Delete File: {path}\n*** End Patch\n",
                $"--- /dev/null\n+++ {path}\n@@ -0,0 +1 @@\n+x\n",
            }
        )
        {
            var plan = Two.Plan(reply);
            Assert.True(plan.IsEmpty, reply);
            Assert.Equal("path", Assert.Single(plan.Refusals).Code);
        }
    }

    /// <summary>Refused, never corrected: <c>/src/a.js</c> is not src/a.js.</summary>
    [Theory]
    [InlineData("/src/a.js")]
    [InlineData("/etc/passwd")]
    [InlineData("../a.js")]
    [InlineData("src/../../a.js")]
    [InlineData("..\\..\\a.js")]
    [InlineData("C:\\src\\a.js")]
    [InlineData("C:/src/a.js")]
    [InlineData("\\\\host\\share\\a.js")]
    [InlineData("~/a.js")]
    [InlineData("file:///src/a.js")]
    [InlineData("src/con.txt")]
    [InlineData("src/a.js.")]
    [InlineData("a/../../a.js")]
    [InlineData("b//etc/../../x.txt")]
    public void A_path_that_leaves_the_workspace_is_refused(string path)
    {
        foreach (
            var reply in new[]
            {
                $"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n",
                $"*** Begin Patch\n*** Update File: {path}\n@@\n-one\n+ONE\n*** End Patch\n",
                $"```js path=\"{path}\"\nx\n```\n",
            }
        )
        {
            var plan = Two.Plan(reply);
            Assert.True(plan.IsEmpty, reply);
            Assert.Equal("path", Assert.Single(plan.Refusals).Code);
        }
    }

    [Fact]
    public void A_file_of_the_same_name_elsewhere_is_not_overwritten_by_a_new_one()
    {
        var plan = Two.Plan("a.js\n```js\nsomething\nquite\ndifferent\n```\n");
        Assert.Equal("a.js", Assert.Single(plan.Files).Path);
    }
}

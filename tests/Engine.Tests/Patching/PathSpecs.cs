using CodexSidecar.Engine.Patching;

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

    /// <summary>Only git's diffs have signs before a path. Elsewhere they are folders: an edit whose lines stand in the file without them is
    /// that file's, a whole file never is.</summary>
    [Theory]
    [InlineData("a/src/a.js")]
    [InlineData("b/src/a.js")]
    [InlineData("path/to/src/a.js")]
    public void What_stands_before_a_path_in_a_diff_is_a_folder_elsewhere(string path)
    {
        var files = Files.Of(("src/a.js", "one\ntwo\n"), ("src/b.js", "three\n"));
        var search = files.Plan($"{path}\n```js\n<<<<<<< SEARCH\none\n=======\nONE\n>>>>>>> REPLACE\n```\n");
        Assert.Equal("src/a.js", Assert.Single(search.Files).Path);
        var whole = Assert.Single(files.Plan($"{path}\n```js\nONE\ntwo\n```\n").Refusals);
        Assert.Equal("unknown_file", whole.Code);
        Assert.Contains("Write src/a.js above the text", whole.Message);
        path = path.Replace("src/a.js", "c/new.txt", StringComparison.Ordinal);
        foreach (
            var reply in new[]
            {
                $"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n",
                $"{path}\n```\nx\n```\n",
                $"```text {path}\nx\n```\n",
                $"{path}\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n",
                $"<file path=\"{path}\">\nx\n</file>\n",
                $"{{\"path\": \"{path}\", \"content\": \"x\"}}\n",
            }
        )
        {
            Assert.Equal(path, Assert.Single(files.Plan(reply).Files).Path);
        }
    }

    /// <summary>What a model leaves behind a path names neither the file without it nor a new one.</summary>
    [Theory]
    [InlineData("src/a.js/")]
    [InlineData("src/a.js/.")]
    [InlineData("src/a.js\\\\")]
    [InlineData("src/a.js?")]
    [InlineData("src/a.js*")]
    [InlineData("src/a.js|")]
    [InlineData("src/a.js</path>")]
    [InlineData("src/a.js<|im_end|>")]
    [InlineData("src/a.js,")]
    [InlineData("src/a.js;")]
    [InlineData("src/a.js)")]
    [InlineData("src/a.js'")]
    [InlineData("src/a.js#L3")]
    [InlineData("src/a.js // the total")]
    [InlineData("src/a.js\u00A0")]
    [InlineData("src/a.js\u200B")]
    public void A_path_that_ends_in_rubbish_is_no_file(string path)
    {
        foreach (
            var reply in new[]
            {
                $"{{\"path\": \"{path}\", \"content\": \"ONE\\ntwo\\n\"}}\n",
                // The blank is taken for one of the line, not of the path.
                $"{path.Replace("\\\\", "\\", StringComparison.Ordinal).Replace('\u00A0', '*')}\n```js\nONE\ntwo\n```\n",
            }
        )
        {
            var plan = Two.Plan(reply);
            Assert.True(plan.IsEmpty, reply);
            Assert.NotEmpty(plan.Refusals);
        }
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

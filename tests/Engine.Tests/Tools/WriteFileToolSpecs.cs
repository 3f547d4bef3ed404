using CodexSidecar.Contracts;
using CodexSidecar.Engine.Tests.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

public sealed class WriteFileToolSpecs : IDisposable
{
    private readonly ToolFolder folder = new() { Level = Level.SafeWrite };
    private TreeFolder Tree => folder.Tree;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_file_is_made_with_its_folders_and_without_a_question()
    {
        var result = await folder.WriteAsync("new/deep/a.txt", "hello\n");

        Assert.Equal((true, "new/deep/a.txt added, +1 -0\n", "1 file written"), (result.Ok, result.Text, result.Summary));
        Assert.Equal("hello\n", Tree.Read("new/deep/a.txt"));
        Assert.Empty(folder.Questions);
    }

    [Fact]
    public async Task Line_ends_and_the_executable_bit_of_a_file_stay()
    {
        Tree.Write("run.sh", "#!/bin/sh\r\necho 1\r\n");
        Tree.Shell("chmod +x run.sh");

        await folder.WriteAsync("run.sh", "#!/bin/sh\necho 2\n");

        Assert.Equal("#!/bin/sh\r\necho 2\r\n", Tree.Read("run.sh"));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Tree.At("run.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    [Theory]
    [InlineData("<<<<<<< SEARCH\ntwo\n=======\nTWO\n>>>>>>> REPLACE\n")]
    [InlineData("```\n<<<<<<< SEARCH\ntwo\n=======\nTWO\n>>>>>>> REPLACE\n```\n")]
    [InlineData("src/a.txt\n<<<<<<< SEARCH\ntwo\n=======\nTWO\n>>>>>>> REPLACE\n")]
    [InlineData("--- a/src/a.txt\n+++ b/src/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n")]
    [InlineData("*** Begin Patch\n*** Update File: src/a.txt\n@@\n one\n-two\n+TWO\n*** End Patch\n")]
    public async Task A_patch_in_any_form_changes_the_file_without_a_question(string patch)
    {
        Tree.Write("src/a.txt", "one\ntwo\nthree\n");

        var result = await folder.WriteAsync("src/a.txt", patch, "patch");

        Assert.Equal("src/a.txt modified, +1 -1\n", result.Text);
        Assert.Equal("one\nTWO\nthree\n", Tree.Read("src/a.txt"));
        Assert.Empty(folder.Questions);
    }

    /// <summary>The path that was judged is the path that is written.</summary>
    [Theory]
    [InlineData("a/b/c.txt")]
    [InlineData("b/c.txt")]
    [InlineData("path/to/c.txt")]
    public async Task The_file_that_was_named_is_written(string path)
    {
        Tree.Write("c.txt", "as it was\n");

        Assert.True((await folder.WriteAsync(path, "new\n")).Ok);

        Assert.Equal(("new\n", "as it was\n"), (Tree.Read(path), Tree.Read("c.txt")));
    }

    [Theory]
    [InlineData("c.txt/", "new\n")]
    [InlineData("c.txt/.", "new\n")]
    [InlineData("c.txt</path>", "new\n")]
    [InlineData("c.txt?", "new\n")]
    [InlineData("c.txt#L3", "new\n")]
    [InlineData("d.js", "<old_string>\nas it was\n</old_string>\n<new_string>\nnew\n</new_string>\n")]
    [InlineData("d.js", "```js\nlet a;\n")]
    [InlineData("d.js", "1| let a;\n2| let b;\n")]
    public async Task What_is_no_path_and_no_text_is_not_written(string path, string content)
    {
        Tree.Write("c.txt", "as it was\n");

        Assert.False((await folder.WriteAsync(path, content)).Ok);

        Assert.Equal([Tree.At("c.txt")], Directory.GetFileSystemEntries(Tree.Path));
        Assert.Equal("as it was\n", Tree.Read("c.txt"));
    }

    [Fact]
    public async Task A_whole_file_without_its_end_behind_an_edit_is_not_written()
    {
        Tree.Write("c.txt", "one\ntwo\n");

        var result = await folder.WriteAsync(
            "c.txt",
            "<<<<<<< SEARCH\none\n=======\nONE\n>>>>>>> REPLACE\n\nd.js\n```js\nlet a;\n",
            "patch"
        );

        Assert.False(result.Ok);
        Assert.Equal([Tree.At("c.txt")], Directory.GetFileSystemEntries(Tree.Path));
        Assert.Equal("one\ntwo\n", Tree.Read("c.txt"));
    }

    [Fact]
    public async Task A_patch_that_does_not_fit_says_what_to_repair_and_changes_nothing()
    {
        Tree.Write("a.txt", "one\ntwo\n");

        var result = await folder.WriteAsync("a.txt", "<<<<<<< SEARCH\nnot there at all\n=======\nx\n>>>>>>> REPLACE\n", "patch");

        Assert.False(result.Ok);
        Assert.NotEmpty(result.Text);
        Assert.Equal("one\ntwo\n", Tree.Read("a.txt"));
        Assert.False((await folder.WriteAsync("a.txt", "just words", "patch")).Ok);
    }

    [Fact]
    public async Task Deleting_by_a_patch_asks()
    {
        Tree.Write("a.txt", "one\n");
        folder.Answer = _ => new(false, AnsweredBy.User);

        var result = await folder.WriteAsync("a.txt", "*** Begin Patch\n*** Delete File: a.txt\n*** End Patch\n", "patch");

        Assert.Equal("delete or rename a file: a.txt", Assert.Single(folder.Questions).Question);
        Assert.False(result.Ok);
        Assert.True(File.Exists(Tree.At("a.txt")));
    }

    [Theory]
    [InlineData(".vscode/tasks.json")]
    [InlineData("ci/x.yml")]
    [InlineData(".env")]
    public async Task A_protected_file_asks_at_every_level(string path)
    {
        Tree.Write(".github/workflows/keep.yml", "x\n");
        Tree.Link("ci", ".github/workflows");
        folder.Level = Level.ExtendedShell;

        await folder.WriteAsync(path, "{}\n");

        var question = Assert.Single(folder.Questions);
        Assert.Equal(($"change a protected file: {path}", Risk.High), (question.Question, question.Risk));
    }

    [Theory]
    [InlineData(".git/hooks/pre-commit", "a patch never changes files in .git")]
    [InlineData(".codex-sidecar/config.json", "a patch never changes files in .git or .codex-sidecar")]
    [InlineData("../outside/x", "leaves the workspace")]
    [InlineData("out/x", "refused")]
    [InlineData("secret.key", "holds secrets")]
    [InlineData("key", "holds secrets")]
    public async Task What_nobody_may_write_is_refused_before_anyone_is_asked(string path, string expected)
    {
        Tree.Link("out", "../outside");
        Tree.Write("secret.key", "hunter2\n");
        Tree.Link("key", "secret.key");
        folder.Level = Level.ExtendedShell;

        var result = await folder.WriteAsync(path, "x\n");

        Assert.Contains(expected, result.Text);
        Assert.Empty(folder.Questions);
        Assert.Equal("hunter2\n", Tree.Read("secret.key"));
        Assert.DoesNotContain(
            "hunter",
            (await folder.WriteAsync(path, "<<<<<<< SEARCH\nhunter\n=======\nx\n>>>>>>> REPLACE\n", "patch")).Text.Replace(
                "SEARCH\nhunter",
                ""
            )
        );
    }

    /// <summary>The path of a call is the one that is judged and the one that is written.</summary>
    [Theory]
    [InlineData("a/b/c.txt")]
    [InlineData("b/c.txt")]
    [InlineData("path/to/c.txt")]
    [InlineData("Order Total, it's ü.txt")]
    public async Task Nothing_is_taken_off_a_path(string path)
    {
        Tree.Write("c.txt", "mine\n");

        Assert.True((await folder.WriteAsync(path, "x\n")).Ok);

        Assert.Equal(("x\n", "mine\n"), (Tree.Read(path), Tree.Read("c.txt")));
        Assert.True((await folder.WriteAsync(path, "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n", "patch")).Ok);
        Assert.Equal("y\n", Tree.Read(path));
    }

    [Theory]
    [InlineData("c.txt/")]
    [InlineData("c.txt/.")]
    [InlineData("c.txt?")]
    [InlineData("c.txt#L3")]
    [InlineData("c.txt - the text")]
    [InlineData("c.txt\u00A0")]
    [InlineData("c.txt</path>")]
    [InlineData("c.txt<|im_end|>")]
    public async Task A_path_with_rubbish_behind_it_writes_nothing(string path)
    {
        Tree.Write("c.txt", "mine\n");

        var result = await folder.WriteAsync(path, "x\n");

        Assert.False(result.Ok);
        Assert.Contains("is refused", result.Text, StringComparison.Ordinal);
        Assert.Equal("c.txt", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(Tree.At(".")))));
        Assert.Equal("mine\n", Tree.Read("c.txt"));
    }

    [Fact]
    public async Task A_file_changed_while_the_question_was_open_is_not_overwritten()
    {
        Tree.Write("a.txt", "mine\n");
        folder.Answer = _ =>
        {
            Tree.Write("a.txt", "the user's\n");
            return new(true, AnsweredBy.User);
        };

        var result = await folder.WriteAsync("a.txt", "model's\n");

        Assert.False(result.Ok);
        Assert.Equal("the user's\n", Tree.Read("a.txt"));
        Assert.StartsWith("done write_file a.txt:  failed: ", folder.AuditLines()[^1]);
    }

    [Fact]
    public async Task A_file_that_is_like_that_already_is_no_change()
    {
        Tree.Write("a.txt", "same\n");

        Assert.StartsWith("[nothing to change", (await folder.WriteAsync("a.txt", "same\n")).Text);
        Assert.Empty(folder.Questions);
    }
}

using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class GitRepositorySpecs : IDisposable
{
    private readonly GitTree folder = new();
    private TreeFolder Tree => folder.Tree;

    public void Dispose() => folder.Dispose();

    private void Begin()
    {
        Tree.Write("src/a.cs", "one\ntwo\nthree\n");
        Tree.Write("src/b.cs", "bee\n");
        Tree.Write("gone.txt", "x\n");
        folder.CommitAll("first");
    }

    [Fact]
    public void The_status_is_what_git_prints()
    {
        Begin();
        Tree.Write("src/a.cs", "one\nTWO\nthree\n");
        File.Delete(Tree.At("gone.txt"));
        Tree.Write("staged.txt", "s\n");
        folder.Git("add", "staged.txt");
        Tree.Write("staged.txt", "changed again\n");
        folder.Git("mv", "src/b.cs", "src/bb.cs");
        Tree.Write("new/untracked.txt", "u\n");
        Tree.Write("odd\nname", "o\n");

        Assert.Equal(folder.Git("status", "--short", "--branch"), folder.With(git => git.Status()));
    }

    [Theory]
    [InlineData("checkout -q -b topic")]
    [InlineData("checkout -q --detach")]
    [InlineData("checkout -q --orphan fresh")]
    [InlineData("branch --set-upstream-to=old main")]
    public void The_branch_line_is_what_git_prints(string before)
    {
        Begin();
        folder.Git("branch", "old");
        folder.CommitAll("second");
        folder.Git(before.Split(' '));

        Assert.Equal(folder.Git("status", "--short", "--branch"), folder.With(git => git.Status()));
    }

    [Fact]
    public void Differences_are_what_git_prints()
    {
        Begin();
        Tree.Write("src/a.cs", "one\ntwo\nthree");
        Tree.Write("src/b.cs", "bee\nstaged\n");
        folder.Git("add", "src/b.cs");
        Tree.Write("image", [0, 1, 2, 3]);
        folder.Git("add", "image");
        Tree.Write("image", [0, 1, 2, 3, 4]);

        Assert.Equal(folder.Git("diff", "--staged"), folder.With(git => git.Diff([], staged: true)));
        Assert.Equal(folder.Git("diff", "src/a.cs"), folder.With(git => git.Diff([WorkspacePath.Parse("src/a.cs")], staged: false)));
        Assert.Equal(folder.Git("diff"), folder.With(git => git.Diff([], staged: false)));
        Assert.Equal(folder.Git("diff", "src"), folder.With(git => git.Diff([WorkspacePath.Parse("src")], staged: false)));
        Assert.Equal("", folder.With(git => git.Diff([WorkspacePath.Parse("*.cs")], staged: false)));
    }

    [Fact]
    public void The_log_has_a_line_a_commit()
    {
        Begin();
        Tree.Write("src/a.cs", "changed\n");
        folder.CommitAll("second\n\nwith a body");
        folder.CommitAll("third touches nothing");

        Assert.Equal(folder.Git("log", "--format=%h %ad %an %s", "--date=short"), folder.With(git => git.Log(10, null)));
        Assert.Equal(folder.Git("log", "--format=%h %ad %an %s", "--date=short", "-1"), folder.With(git => git.Log(1, null)));
        Assert.Equal(folder.Git("log", "--format=%h %ad %an %s", "--date=short", "--", "src/a.cs"), folder.With(git => git.Log(10, WorkspacePath.Parse("src/a.cs"))));
    }

    [Fact]
    public void A_commit_is_shown_as_git_prints_it()
    {
        Begin();
        Tree.Write("src/a.cs", "changed\n");
        folder.CommitAll("second\n\nwith a body");

        Assert.Equal(folder.Git("show"), folder.With(git => git.Show("HEAD")));
        Assert.Equal(folder.Git("show", "HEAD~1"), folder.With(git => git.Show("HEAD~1")));
        Assert.Equal("one\ntwo\nthree\n", folder.With(git => git.Show("HEAD~1:src/a.cs")));
    }

    [Fact]
    public void Blame_names_a_commit_for_each_line()
    {
        Begin();
        Tree.Write("src/a.cs", "one\ntwo and a half\nthree\n");
        folder.CommitAll("second");
        var (first, second) = (folder.Git("rev-parse", "--short", "HEAD~1").Trim(), folder.Git("rev-parse", "--short", "HEAD").Trim());

        Assert.Equal(
            $"{first} (Ann Author 2026-03-04 1) one\n{second} (Ann Author 2026-03-04 2) two and a half\n{first} (Ann Author 2026-03-04 3) three\n",
            folder.With(git => git.Blame(WorkspacePath.Parse("src/a.cs"))));
    }

    [Fact]
    public void Branches_are_what_git_prints()
    {
        Begin();
        folder.Git("branch", "another");

        Assert.Equal(folder.Git("branch"), folder.With(git => git.Branches()));
    }

    [Theory]
    [InlineData("no-such")]
    [InlineData("--output=/tmp/x")]
    [InlineData("HEAD:../outside")]
    [InlineData("HEAD:none.txt")]
    [InlineData("")]
    public void What_cannot_be_shown_is_refused_in_words(string revision)
    {
        Begin();

        Assert.Throws<WorkspaceException>(() => folder.With(git => git.Show(revision)));
    }

    [Fact]
    public void Hidden_files_are_named_and_never_printed()
    {
        Tree.Write(".env", "KEY=hunter2\n");
        Tree.Write("a.txt", "a\n");
        folder.CommitAll("first");
        Tree.Write(".env", "KEY=hunter3\n");
        Tree.Write("a.txt", "b\n");

        var all = string.Concat(new Func<GitRepository, string>[] { git => git.Diff([], false), git => git.Show("HEAD"), git => git.Show("HEAD:.env"), git => git.Blame(WorkspacePath.Parse(".env")) }
            .Select(read => folder.With(read, hides: path => path == ".env")));

        Assert.DoesNotContain("hunter", all);
        Assert.Contains("diff --git a/.env b/.env\n(not shown", all);
        Assert.Contains("+b\n", all);
    }

    [Fact]
    public void A_workspace_that_is_a_folder_of_the_repository_sees_only_itself()
    {
        Begin();
        Tree.Write("src/a.cs", "changed\n");
        Tree.Write("other.txt", "other\n");
        Tree.Write("src/new.cs", "n\n");

        Assert.Equal("## main\n M a.cs\n?? new.cs\n", folder.With(git => git.Status(), "src"));
        Assert.StartsWith("diff --git a/a.cs b/a.cs\n", folder.With(git => git.Diff([], false), "src"));
        Assert.Contains("\n--- a/a.cs\n+++ b/a.cs\n", folder.With(git => git.Diff([WorkspacePath.Parse("a.cs")], false), "src"));
        Assert.DoesNotContain("gone.txt", folder.With(git => git.Show("HEAD"), "src"));
        Assert.Equal("bee\n", folder.With(git => git.Show("HEAD:b.cs"), "src"));
        folder.With(git => git.Commit([WorkspacePath.Parse("a.cs"), WorkspacePath.Parse("new.cs")], "from below", DateTimeOffset.UnixEpoch), "src");
        Assert.Equal("src/a.cs\nsrc/new.cs\n", folder.Git("show", "--format=", "--name-only"));
        Assert.Equal("?? other.txt\n", folder.Git("status", "--short"));
    }

    [Fact]
    public void A_worktree_is_a_repository_too()
    {
        Begin();
        folder.Git("worktree", "add", "-q", "-b", "topic", Tree.Store);
        using var root = WorkspaceRoot.Open(Tree.Store);
        using var git = GitRepository.Open(root)!;
        File.WriteAllText(Path.Join(Tree.Store, "gone.txt"), "y\n");

        Assert.Equal("## topic\n M gone.txt\n", git.Status());
        git.Commit([WorkspacePath.Parse("gone.txt")], "in the worktree", DateTimeOffset.UnixEpoch);
        Assert.Equal("in the worktree\n", folder.Git("log", "-1", "--format=%s", "topic"));
        Assert.Equal("first\n", folder.Git("log", "-1", "--format=%s", "main"));
    }

    [Fact]
    public void Without_a_repository_there_is_none()
    {
        using var tree = new TreeFolder();
        using var root = WorkspaceRoot.Open(tree.Path);

        Assert.Null(GitRepository.Open(root));
    }

    [Fact]
    public void A_repository_of_another_user_is_read()
    {
        Needs.Root();
        Begin();
        Tree.Shell("chown -R 12345 .git .");

        Assert.Equal("## main\n", folder.With(git => git.Status()));
    }
}

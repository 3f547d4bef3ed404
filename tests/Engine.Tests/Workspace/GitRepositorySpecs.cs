using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class GitRepositorySpecs : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

        Assert.Equal(folder.Git("status", "--short", "--branch"), folder.With(git => git.Status(Token)));
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

        Assert.Equal(folder.Git("status", "--short", "--branch"), folder.With(git => git.Status(Token)));
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

        Assert.Equal(folder.Git("diff", "--staged"), folder.With(git => git.Diff([], staged: true, Token)));
        Assert.Equal(folder.Git("diff", "src/a.cs"), folder.With(git => git.Diff([WorkspacePath.Parse("src/a.cs")], staged: false, Token)));
        Assert.Equal(folder.Git("diff"), folder.With(git => git.Diff([], staged: false, Token)));
        Assert.Equal(folder.Git("diff", "src"), folder.With(git => git.Diff([WorkspacePath.Parse("src")], staged: false, Token)));
        Assert.Equal("", folder.With(git => git.Diff([WorkspacePath.Parse("*.cs")], staged: false, Token)));
    }

    [Fact]
    public void Names_of_every_kind_are_printed_as_they_are()
    {
        Begin();
        string[] names = ["ü.js", "日本語.js", "Order Total.js", "a, b.js", "say \"hi\".js", "it's.js", "odd\nname.js", "new ü/x y.js"];
        foreach (var name in names)
        {
            Tree.Write(name, "one\ntwo\nthree\nfour\n");
        }
        Tree.Write("bild ü", [0, 1, 2, 3]);
        folder.CommitAll("names");
        foreach (var name in names)
        {
            Tree.Write(name, "one\n2\nthree\nfour\n");
        }
        Tree.Write("bild ü", [0, 1, 2, 3, 4]);

        Assert.Equal(folder.Git("-c", "core.quotepath=false", "diff"), folder.With(git => git.Diff([], staged: false, Token)));
        Assert.Equal(folder.Git("-c", "core.quotepath=false", "show"), folder.With(git => git.Show("HEAD", Token)));
        folder.Git("mv", "Order Total.js", "Summe ü.js");
        folder.Git("rm", "-q", "--cached", "日本語.js");
        folder.Git("update-index", "--chmod=+x", "a, b.js");
        Assert.Equal(folder.Git("-c", "core.quotepath=false", "diff", "--staged"), folder.With(git => git.Diff([], staged: true, Token)));
        Assert.StartsWith("diff --git \"a/odd\\nname.js\"", folder.With(git => git.Diff(["odd\nname.js".Disk()], staged: false, Token)));
    }

    [Fact]
    public void A_giant_file_is_named_and_not_read_and_what_nobody_would_see_is_not_made()
    {
        Begin();
        Tree.Write("big.txt", string.Concat(Enumerable.Range(1, 1_200_000).Select(n => $"other {n}\n")));
        Tree.Write("lock.json", string.Concat(Enumerable.Range(1, 200_000).Select(n => $"line {n}\n")));
        folder.CommitAll("big");
        Tree.Write("big.txt", "small\n");
        Tree.Write("lock.json", Tree.Read("lock.json").Replace("line 100000\n", "line\n", StringComparison.Ordinal));

        var diff = folder.With(git => git.Diff([], staged: false, Token));
        const string Named = "diff --git a/big.txt b/big.txt\n(not shown: the file has 15,688,896 bytes; the most is 8,388,608)\n";
        Assert.StartsWith($"{Named}diff --git a/lock.json", diff);
        Assert.Contains("\n line 99999\n-line 100000\n+line\n line 100001\n", diff);
        Assert.Contains(Named, folder.With(git => git.Show("HEAD", Token)));
        Assert.EndsWith(" characters; the file has 15,688,896 bytes)\n", folder.With(git => git.Show("HEAD:big.txt", Token)));

        for (var file = 0; file < 150; file++)
        {
            Tree.Write($"many/{file:000}.txt", string.Concat(Enumerable.Repeat("a line of text\n", 100)));
        }
        folder.CommitAll("many");
        var many = folder.With(git => git.Show("HEAD", Token));
        Assert.InRange(many.Length, 128_000, 140_000);
        Assert.Matches(@"\n\(\d+ more files differ: many/\d+\.txt, .*, \.\.\.\)\n$", many);
    }

    [Fact]
    public void The_log_reads_no_more_of_a_long_history_than_it_shows()
    {
        Begin();
        var first = folder.Git("rev-parse", "HEAD").Trim();
        for (var number = 0; number < 12; number++)
        {
            folder.CommitAll($"commit {number}");
        }
        // Who reads the whole history comes upon it.
        var lost = Tree.At($".git/objects/{first[..2]}/{first[2..]}");
        File.SetAttributes(lost, FileAttributes.Normal);
        File.Delete(lost);

        Assert.Equal(folder.Git("log", "--format=%h %ad %an %s", "--date=short", "-3"), folder.With(git => git.Log(3, null, Token)));
        Assert.Throws<WorkspaceException>(() => folder.With(git => git.Log(100, null, Token)));
    }

    [Fact]
    public void A_look_at_the_history_that_is_cancelled_ends_at_the_next_commit_or_file()
    {
        Begin();
        Tree.Write("src/a.cs", "changed\n");
        var cancelled = new CancellationToken(canceled: true);
        var file = WorkspacePath.Parse("src/a.cs");
        foreach (
            var look in new Func<GitRepository, string>[]
            {
                git => git.Log(10, WorkspacePath.Parse("never/there"), cancelled),
                git => git.Status(cancelled),
                git => git.Diff([], staged: false, cancelled),
                git => git.Show("HEAD", cancelled),
                git => git.Blame(file, cancelled),
            }
        )
        {
            Assert.ThrowsAny<OperationCanceledException>(() => folder.With(look));
        }
    }

    [Fact]
    public void The_log_has_a_line_a_commit()
    {
        Begin();
        Tree.Write("src/a.cs", "changed\n");
        folder.CommitAll("second\n\nwith a body");
        folder.CommitAll("third touches nothing");

        Assert.Equal(folder.Git("log", "--format=%h %ad %an %s", "--date=short"), folder.With(git => git.Log(10, null, Token)));
        Assert.Equal(folder.Git("log", "--format=%h %ad %an %s", "--date=short", "-1"), folder.With(git => git.Log(1, null, Token)));
        Assert.Equal(
            folder.Git("log", "--format=%h %ad %an %s", "--date=short", "--", "src/a.cs"),
            folder.With(git => git.Log(10, WorkspacePath.Parse("src/a.cs"), Token))
        );
    }

    [Fact]
    public void A_commit_is_shown_as_git_prints_it()
    {
        Begin();
        Tree.Write("src/a.cs", "changed\n");
        folder.CommitAll("second\n\nwith a body");

        Assert.Equal(folder.Git("show"), folder.With(git => git.Show("HEAD", Token)));
        Assert.Equal(folder.Git("show", "HEAD~1"), folder.With(git => git.Show("HEAD~1", Token)));
        Assert.Equal("one\ntwo\nthree\n", folder.With(git => git.Show("HEAD~1:src/a.cs", Token)));
    }

    [Fact]
    public void Blame_names_a_commit_for_each_line()
    {
        Begin();
        Tree.Write("src/a.cs", "one\ntwo and a half\nthree\n");
        folder.CommitAll("second");
        var (first, second) = (folder.Git("rev-parse", "--short", "HEAD~1").Trim(), folder.Git("rev-parse", "--short", "HEAD").Trim());

        Assert.Equal(
            $"{first} (Ann Author 2026-03-04 1) one\n{second} (Ann Author 2026-03-04 2) two and a half\n{first} (Ann Author "
                + $"2026-03-04 3) three\n",
            folder.With(git => git.Blame(WorkspacePath.Parse("src/a.cs"), Token))
        );
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

        Assert.Throws<WorkspaceException>(() => folder.With(git => git.Show(revision, Token)));
    }

    [Fact]
    public void Hidden_files_are_named_and_never_printed()
    {
        Tree.Write(".env", "KEY=hunter2\n");
        Tree.Write("a.txt", "a\n");
        folder.CommitAll("first");
        Tree.Write(".env", "KEY=hunter3\n");
        Tree.Write("a.txt", "b\n");

        var all = string.Concat(
            new Func<GitRepository, string>[]
            {
                git => git.Diff([], false, Token),
                git => git.Show("HEAD", Token),
                git => git.Show("HEAD:.env", Token),
                git => git.Blame(WorkspacePath.Parse(".env"), Token),
            }.Select(read => folder.With(read, hides: path => path == ".env"))
        );

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

        Assert.Equal("## main\n M a.cs\n?? new.cs\n", folder.With(git => git.Status(Token), "src"));
        Assert.StartsWith("diff --git a/a.cs b/a.cs\n", folder.With(git => git.Diff([], false, Token), "src"));
        Assert.Contains("\n--- a/a.cs\n+++ b/a.cs\n", folder.With(git => git.Diff([WorkspacePath.Parse("a.cs")], false, Token), "src"));
        Assert.DoesNotContain("gone.txt", folder.With(git => git.Show("HEAD", Token), "src"));
        Assert.Equal("bee\n", folder.With(git => git.Show("HEAD:b.cs", Token), "src"));
        folder.With(
            git => git.Commit([WorkspacePath.Parse("a.cs"), WorkspacePath.Parse("new.cs")], "from below", DateTimeOffset.UnixEpoch),
            "src"
        );
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

        Assert.Equal("## topic\n M gone.txt\n", git.Status(Token));
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

        Assert.Equal("## main\n", folder.With(git => git.Status(Token)));
    }
}

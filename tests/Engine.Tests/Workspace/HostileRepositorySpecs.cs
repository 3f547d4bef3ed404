using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

/// <summary>A repository that came with its <c>.git</c> and tries to start something or to show another one's history.</summary>
public sealed class HostileRepositorySpecs : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly GitTree folder = new();
    private TreeFolder Tree => folder.Tree;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_a_repository_configures_is_started()
    {
        Tree.Write("a.txt", "a\n");
        Tree.Write("b.bin", "b\n");
        folder.CommitAll("first");
        Plant();
        Tree.Write("a.txt", "changed\n");
        Tree.Write("b.bin", "changed\n");
        var hash = folder.With(git =>
        {
            git.Status(Token);
            git.Diff([], staged: false, Token);
            git.Diff([], staged: true, Token);
            git.Show("HEAD", Token);
            git.Blame(WorkspacePath.Parse("a.txt"), Token);
            git.Log(10, WorkspacePath.Parse("a.txt"), Token);
            git.Branches();
            return git.Commit([WorkspacePath.Parse("a.txt"), WorkspacePath.Parse("b.bin")], "second", DateTimeOffset.UnixEpoch);
        });

        Assert.False(File.Exists(Tree.At("pwned")), File.Exists(Tree.At("pwned")) ? Tree.Read("pwned") : "");
        Assert.Equal("changed\n", folder.Git("cat-file", "blob", $"{hash}:b.bin"));
    }

    /// <summary>The traps work: the git program falls into them.</summary>
    [Fact]
    public void The_traps_would_catch_the_git_program()
    {
        Tree.Write("a.txt", "a\n");
        folder.CommitAll("first");
        Plant();
        Tree.Write("a.txt", "changed\n");

        folder.Git("status");
        folder.Git("diff");
        folder.Git("diff", "--no-ext-diff");
        folder.Git("commit", "-qam", "second");

        Assert.Superset(
            new HashSet<string> { "fsmonitor", "command", "textconv", "pre-commit", "clean", "gpg" },
            File.ReadLines(Tree.At("pwned")).ToHashSet()
        );
    }

    [Fact]
    public void A_git_file_that_points_to_another_repository_is_not_followed()
    {
        using var other = new GitTree();
        other.Tree.Write("private.txt", "private\n");
        other.CommitAll("private work");
        foreach (
            var trap in new[]
            {
                $"rm -rf .git; echo 'gitdir: {other.Tree.At(".git")}' > .git",
                $"rm -rf .git; ln -s {other.Tree.At(".git")} .git",
                $"rm -rf .git; git init -q; echo {other.Tree.At(".git")} > .git/commondir",
                $"rm -rf .git; git init -q; rm -rf .git/objects .git/refs; ln "
                    + $"-s {other.Tree.At(".git/objects")} {other.Tree.At(".git/refs")} .git",
            }
        )
        {
            Tree.Shell(trap);
            using var root = folder.Root();
            using var repository = GitRepository.Open(root);
            Assert.True(repository is null || !repository.Log(10, null, Token).Contains("private", StringComparison.Ordinal), trap);
        }
    }

    [Fact]
    public void A_work_tree_that_lies_elsewhere_is_not_read()
    {
        Tree.Write("secret", "mine\n");
        folder.CommitAll("first");
        folder.Git("config", "core.worktree", Tree.Outside);
        using var root = folder.Root();

        Assert.Null(GitRepository.Open(root));
    }

    private void Plant()
    {
        string Trap(string name)
        {
            Tree.Write($".git/{name}.sh", $"#!/bin/sh\necho {name} >> '{Tree.At("pwned")}'\ncat\n");
            Tree.Shell($"chmod +x .git/{name}.sh");
            return Tree.At($".git/{name}.sh");
        }
        Tree.Write(
            ".git/more",
            $"[diff]\n\texternal = {Trap("external")}\n[diff \"x\"]\n\ttextconv = {Trap("textconv")}\n\tcommand "
                + $"= {Trap("command")}\n[filter \"x\"]\n\tclean = {Trap("clean")}\n\tsmudge = {Trap("smudge")}\n\trequired = true\n"
        );
        folder.Git("config", "include.path", "more");
        folder.Git("config", "core.fsmonitor", Trap("fsmonitor"));
        folder.Git("config", "core.hooksPath", Tree.At(".git/planted"));
        folder.Git("config", "alias.status", $"!{Trap("alias")}");
        folder.Git("config", "core.pager", Trap("pager"));
        folder.Git("config", "commit.gpgsign", "true");
        folder.Git("config", "gpg.program", Trap("gpg"));
        foreach (var hook in new[] { "pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change" })
        {
            Tree.Write($".git/planted/{hook}", $"#!/bin/sh\necho {hook} >> '{Tree.At("pwned")}'\n");
            Tree.Shell($"chmod +x .git/planted/{hook}");
        }
        Tree.Write(".git/info/attributes", "*.txt diff=x filter=x\n*.bin filter=x\n");
    }
}

using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class CommitSpecs : IDisposable
{
    private readonly GitTree folder = new();
    private TreeFolder Tree => folder.Tree;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Exactly_the_named_files_are_committed()
    {
        Tree.Write("a.txt", "a\n");
        Tree.Write("b.txt", "b\n");
        Tree.Write("staged.txt", "s\n");
        Tree.Write("gone.txt", "g\n");
        folder.CommitAll("first");
        Tree.Write("a.txt", "a2\n");
        Tree.Write("b.txt", "b2\n");
        Tree.Write("staged.txt", "s2\n");
        Tree.Write("new/deep.txt", "n\n");
        File.Delete(Tree.At("gone.txt"));
        folder.Git("add", "staged.txt");
        Tree.Write("staged.txt", "s3\n");

        var hash = folder.Commit("Fix a", "a.txt", "new/deep.txt", "gone.txt");

        Assert.Equal(hash, folder.Git("rev-parse", "HEAD").Trim());
        Assert.Equal("M\ta.txt\nD\tgone.txt\nA\tnew/deep.txt\n", folder.Git("show", "--format=", "--name-status"));
        Assert.Equal(" M b.txt\nMM staged.txt\n", folder.Git("status", "--short"));
        Assert.Equal(("a2\n", "b2\n", "s3\n"), (Tree.Read("a.txt"), Tree.Read("b.txt"), Tree.Read("staged.txt")));
        Assert.Equal("", folder.Git("fsck", "--strict"));
    }

    /// <summary>A machine whose clock stands still between the staging and the change, as a busy one's does for git, which counts
    /// seconds.</summary>
    [Fact]
    public void A_change_in_the_second_of_its_staging_stays_seen()
    {
        var then = new DateTime(2026, 11, 24, 10, 0, 0, 100, DateTimeKind.Utc);
        Tree.Write("a.txt", "a\n");
        Tree.Write("staged.txt", "s\n");
        folder.CommitAll("first");
        folder.Git("config", "core.trustctime", "false");
        Tree.Write("staged.txt", "s2\n");
        File.SetLastWriteTimeUtc(Tree.At("staged.txt"), then);
        folder.Git("add", "staged.txt");
        File.SetLastWriteTimeUtc(Tree.At(".git/index"), then.AddMilliseconds(500));
        Tree.Write("staged.txt", "s3\n");
        File.SetLastWriteTimeUtc(Tree.At("staged.txt"), then);
        Tree.Write("a.txt", "a2\n");

        folder.Commit("Fix a", "a.txt");

        Assert.Equal("MM staged.txt\n", folder.Git("status", "--short"));
    }

    [Fact]
    public void Author_time_message_and_trailer_are_as_they_should_be()
    {
        Tree.Write("a.txt", "a\n");

        folder.Commit("Say hello\n\nBecause.", "a.txt");

        Assert.Equal(
            "Ann Author <ann@example.org>|Ann Author <ann@example.org>|2026-11-24T10:00:00+01:00|Say "
                + "hello\n\nBecause.\n\nCo-authored-by: Codex Sidecar <codex-sidecar@localhost>\n\n",
            folder.Git("log", "--format=%an <%ae>|%cn <%ce>|%aI|%B")
        );
    }

    [Fact]
    public void A_trailer_joins_other_trailers()
    {
        Tree.Write("a.txt", "a\n");

        folder.Commit("Say hello\n\nRefs: #12", "a.txt");

        Assert.EndsWith("\n\nRefs: #12\nCo-authored-by: Codex Sidecar <codex-sidecar@localhost>\n\n", folder.Git("log", "--format=%B"));
    }

    [Fact]
    public void The_first_commit_of_a_branch_without_one_works()
    {
        Tree.Write("a.txt", "a\n");
        Tree.Write("b.txt", "b\n");

        folder.Commit("Begin", "a.txt");

        Assert.Equal("## main\n?? b.txt\n", folder.Git("status", "--short", "--branch"));
        Assert.StartsWith("commit (initial): Begin", folder.Git("reflog", "--format=%gs"));
    }

    [Fact]
    public void A_detached_head_moves_alone()
    {
        Tree.Write("a.txt", "a\n");
        folder.CommitAll("first");
        folder.Git("checkout", "-q", "--detach");
        Tree.Write("a.txt", "b\n");

        folder.Commit("Aside", "a.txt");

        Assert.Equal("Aside\n", folder.Git("log", "-1", "--format=%s"));
        Assert.Equal("first\n", folder.Git("log", "-1", "--format=%s", "main"));
    }

    [Fact]
    public void Links_and_executable_bits_are_kept()
    {
        Tree.Write("run.sh", "#!/bin/sh\n");
        Tree.Shell("chmod +x run.sh; ln -s run.sh link");

        folder.Commit("Begin", "run.sh", "link");

        Assert.Equal(
            ["120000 link", "100755 run.sh"],
            folder
                .Git("ls-tree", "HEAD")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => $"{line[..6]} {line.Split('\t')[1]}")
        );
        Assert.Equal("", folder.Git("status", "--short"));
        Assert.Equal("run.sh", folder.Git("cat-file", "blob", "HEAD:link"));
    }

    [Fact]
    public void A_file_can_become_a_folder_and_a_folder_a_file()
    {
        Tree.Write("x", "file\n");
        Tree.Write("y/z", "file\n");
        folder.CommitAll("first");
        Tree.Shell("rm x; mkdir x; echo in > x/in; rm -r y; echo y > y");

        folder.Commit("Turn", "x", "x/in", "y/z", "y");

        Assert.Equal("x/in\ny\n", folder.Git("ls-tree", "-r", "--name-only", "HEAD"));
        Assert.Equal("", folder.Git("status", "--short"));
    }

    [Fact]
    public void Line_ends_are_stored_as_the_repository_wants_them()
    {
        Tree.Write(".gitattributes", "*.txt text eol=crlf\n");
        Tree.Write("a.txt", "a\r\nb\r\n");

        folder.Commit("Begin", ".gitattributes", "a.txt");

        Assert.Equal("a\nb\n", folder.Git("cat-file", "blob", "HEAD:a.txt"));
        Assert.Equal("", folder.Git("status", "--short"));
    }

    [Fact]
    public void Ignored_files_stay_out_unless_git_knows_them()
    {
        Tree.Write("known.log", "1\n");
        folder.CommitAll("first");
        Tree.Write(".gitignore", "*.log\n");
        Tree.Write("known.log", "2\n");
        Tree.Write("unknown.log", "3\n");

        folder.Commit("Logs", ".gitignore", "known.log", "unknown.log");

        Assert.Equal(".gitignore\nknown.log\n", folder.Git("show", "--format=", "--name-only"));
    }

    [Fact]
    public void What_stands_in_the_way_is_said()
    {
        using var nobody = new GitTree(withAuthor: false);
        nobody.Tree.Write("a.txt", "a\n");
        Assert.Contains("git config user.name", Assert.Throws<WorkspaceException>(() => nobody.Commit("x", "a.txt")).Message);

        Tree.Write("a.txt", "a\n");
        folder.CommitAll("first");
        Assert.Contains("nothing to commit", Assert.Throws<WorkspaceException>(() => folder.Commit("x", "a.txt")).Message);
        Tree.Write(".git/MERGE_HEAD", folder.Git("rev-parse", "HEAD"));
        Tree.Write("a.txt", "b\n");
        Assert.Contains("in the middle of a merge", Assert.Throws<WorkspaceException>(() => folder.Commit("x", "a.txt")).Message);
        File.Delete(Tree.At(".git/MERGE_HEAD"));
        Tree.Write(".git/index.lock", "");
        Assert.Contains("Another git process", Assert.Throws<WorkspaceException>(() => folder.Commit("x", "a.txt")).Message);
        Assert.Equal("first\n", folder.Git("log", "--format=%s"));
    }

    [Fact]
    public void What_lies_behind_a_link_or_in_another_repository_is_refused()
    {
        Tree.Shell("mkdir real inner; echo a > real/a; ln -s real link; cd inner; git init -q; echo b > b");

        Assert.Equal("path", Assert.Throws<WorkspaceException>(() => folder.Commit("x", "link/a")).Code);
        Assert.Equal("path", Assert.Throws<WorkspaceException>(() => folder.Commit("x", "inner/b")).Code);
    }
}

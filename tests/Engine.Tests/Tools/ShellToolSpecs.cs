using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Tools;

public sealed class ShellToolSpecs : IDisposable
{
    private readonly ToolFolder folder = new();
    private TreeFolder Tree => folder.Tree;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_command_runs_without_a_shell_in_the_workspace()
    {
        Tree.Write("a b.txt", "hello\n");

        var result = await folder.ShellAsync("cat 'a b.txt'");

        Assert.Equal((true, "hello\n[exit code 0]", "exit code 0", 0), (result.Ok, result.Text, result.Summary, result.ExitCode));
    }

    [Theory]
    [InlineData("true && echo yes", "yes\n[exit code 0]")]
    [InlineData("false && echo no", "[exit code 1]")]
    [InlineData("false || echo else", "else\n[exit code 0]")]
    [InlineData("false; echo then;", "then\n[exit code 0]")]
    [InlineData("echo 'b a' | tr a c | tr b d", "d c\n[exit code 0]")]
    [InlineData("false || echo '$HOME' && echo \"a  b\" | cat", "$HOME\na  b\n[exit code 0]")]
    public async Task Joined_commands_mean_what_a_shell_means(string command, string expected) =>
        Assert.Equal(expected, (await folder.ShellAsync(command)).Text);

    [Fact]
    public async Task What_cannot_be_proved_runs_only_by_the_users_word()
    {
        Assert.StartsWith("Refused.", (await folder.ShellAsync("echo $((1+1)) > x")).Text);
        folder.Level = Level.ExtendedShell;

        Assert.Equal("[exit code 0]", (await folder.ShellAsync("echo $((1+1)) > x")).Text);

        Assert.Equal("2\n", Tree.Read("x"));
        Assert.Equal("echo $((1+1)) > x", Assert.Single(folder.Questions).Question);
    }

    [Fact]
    public async Task Much_output_is_cut_and_the_cut_is_said()
    {
        var text = (await folder.ShellAsync("seq 1 100000")).Text;

        Assert.InRange(text.Length, 30_000, 32_200);
        Assert.StartsWith("1\n2\n", text);
        Assert.EndsWith("\n100000\n[exit code 0]", text);
        Assert.Matches(@"\n\[… \d+ characters left out …\]\n", text);
    }

    [Fact]
    public async Task Git_commands_that_look_are_read_without_the_program()
    {
        var git = new GitTree();
        using var tools = new ToolFolder(git.Tree) { Level = Level.ReadOnly };
        git.Tree.Write("a.txt", "a\n");
        git.CommitAll("first");
        // Whoever runs the program would run this.
        git.Git("config", "core.fsmonitor", "touch pwned; false");
        git.Tree.Write("a.txt", "b\n");

        Assert.Equal("## main\n M a.txt\n", (await tools.ShellAsync("git status")).Text);
        Assert.Contains("\n-a\n+b\n", (await tools.ShellAsync("git diff -- a.txt")).Text);
        Assert.EndsWith(" first\n", (await tools.ShellAsync("git log --oneline -5")).Text);
        Assert.Contains("\n    first\n", (await tools.ShellAsync("git show HEAD")).Text);
        Assert.StartsWith(
            "Refused. level 0 (read_only) may not run a read-only command",
            (await tools.ShellAsync("git log | git diff")).Text
        );
        Assert.StartsWith("Refused.", (await tools.ShellAsync("git diff --stat")).Text);
        Assert.False(File.Exists(git.Tree.At("pwned")));
    }

    [Fact]
    public async Task Git_in_a_pipe_is_a_program_like_others()
    {
        var git = new GitTree();
        using var tools = new ToolFolder(git.Tree);
        git.Tree.Write("a.txt", "a\n");
        git.CommitAll("first");

        Assert.Equal("first\n[exit code 0]", (await tools.ShellAsync("git log -1 | grep -o first")).Text);
    }

    [Fact]
    public async Task In_the_sandbox_nothing_outside_is_written()
    {
        Needs.Sandbox();
        var sandbox = await Sandbox.ProbeAsync(Tree.Path, TestContext.Current.CancellationToken);
        folder.Context = folder.Context with { Commands = new(sandbox, TimeProvider.System), Sandbox = sandbox.Kind };
        folder.Level = Level.ExtendedShell;

        var result = await folder.ShellAsync($"touch inside ; touch {Tree.Outside}/pwned");

        Assert.False(result.Ok);
        Assert.True(File.Exists(Tree.At("inside")));
        Assert.False(File.Exists(Path.Join(Tree.Outside, "pwned")));
        Assert.Equal(sandbox.Kind.ToString().ToLowerInvariant(), folder.Audit.Read("r1").Last().Sandbox);
    }

    /// <summary>A repository may bring such links; only looking must not lead out by them.</summary>
    [Theory]
    [InlineData("cat notes")]
    [InlineData("cat a.txt | grep -h x - notes.")]
    [InlineData("sort folder/secret.txt")]
    [InlineData("timeout 5 head ./sub/../notes")]
    [InlineData("ls -RL .")]
    [InlineData("rg -L secret")]
    [InlineData("diff -r . sub")]
    public async Task Only_looking_does_not_follow_a_link_that_leads_out(string command)
    {
        Tree.Write("a.txt", "x\n");
        Tree.Write("sub/b.txt", "y\n");
        File.WriteAllText(Path.Join(Tree.Outside, "secret.txt"), "secret of the user\n");
        Tree.Link("notes", Path.Join(Tree.Outside, "secret.txt"));
        Tree.Link("notes.", Path.Join(Tree.Outside, "secret.txt"));
        Tree.Link("folder", Tree.Outside);
        Tree.Link("inside", "a.txt");

        Assert.StartsWith("Refused.", (await folder.ShellAsync(command)).Text);
        Assert.Equal("x\n[exit code 0]", (await folder.ShellAsync("cat inside")).Text);
    }

    [Fact]
    public async Task A_command_that_only_reads_does_not_see_files_with_secrets_but_the_tests_do()
    {
        Needs.Bubblewrap();
        Tree.Write(".env", "TOKEN=zz-top-1\n");
        Tree.Write("conf/server.key", "zz-top-2\n");
        Tree.Write("notes/plan.txt", "zz-top-3\n");
        Tree.Write("hidden/deep/plan.txt", "zz-top-4\n");
        Tree.Write(".gitignore", ".env\n");
        Tree.Write(".codexignore", "hidden/\n");
        var sandbox = await Sandbox.ProbeAsync(Tree.Path, TestContext.Current.CancellationToken);
        folder.Context = folder.Context with
        {
            Commands = new(sandbox, TimeProvider.System),
            Sandbox = sandbox.Kind,
            TestCommand = ["grep", "-rh", "zz-top-1", "."],
        };

        Assert.Equal("zz-top-3\n", string.Concat((await folder.ShellAsync("grep -rhs zz-top . | sort")).Text.Split('[')[0]));
        Assert.Contains("TOKEN=", (await folder.ShellAsync("grep -rh zz-top-1 .")).Text);
    }
}

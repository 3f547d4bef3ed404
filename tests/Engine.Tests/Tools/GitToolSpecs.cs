using CodexSidecar.Contracts;
using CodexSidecar.Engine.Tests.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

public sealed class GitToolSpecs : IDisposable
{
    private readonly GitTree git = new();
    private readonly ToolFolder folder;

    public GitToolSpecs()
    {
        folder = new(git.Tree) { Level = Level.ReadOnly };
        git.Tree.Write("a.txt", "a\n");
        git.Tree.Write(".env", "KEY=hunter2\n");
        git.CommitAll("first");
        git.Tree.Write("a.txt", "b\n");
        git.Tree.Write(".env", "KEY=hunter3\n");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"cmd":"status"}""", "## main\n M .env\n M a.txt\n")]
    [InlineData("""{"cmd":"diff","path":"a.txt"}""", "-a\n+b\n")]
    [InlineData("""{"cmd":"diff","staged":true}""", "[no staged changes]\n")]
    [InlineData("""{"cmd":"log","most":"1"}""", " Ann Author first\n")]
    [InlineData("""{"cmd":"show","revision":"HEAD:a.txt"}""", "a\n")]
    [InlineData("""{"cmd":"blame","path":"a.txt"}""", "2026-03-04 1) a\n")]
    [InlineData("""{"cmd":"branch"}""", "* main\n")]
    [InlineData("""{"cmd":"show","revision":"nope"}""", "There is no commit \"nope\"")]
    public async Task Reading_works_at_every_level(string input, string expected) =>
        Assert.Contains(expected, await folder.TextAsync("git", input));

    [Theory]
    [InlineData("ü.txt")]
    [InlineData("\\\"\\\\303\\\\274.txt\\\"")]
    [InlineData("Order, Total.txt")]
    public async Task Names_as_git_prints_them_are_taken_back(string name)
    {
        git.Tree.Write("ü.txt", "u\n");
        git.Tree.Write("Order, Total.txt", "u\n");
        git.CommitAll("names");
        git.Tree.Write("ü.txt", "v\n");
        git.Tree.Write("Order, Total.txt", "v\n");

        Assert.EndsWith("-u\n+v\n", await folder.TextAsync("git", $$"""{"cmd":"diff","paths":["{{name}}"]}"""));
        Assert.EndsWith("1) u\n", await folder.TextAsync("git", $$"""{"cmd":"blame","path":"{{name}}"}"""));
        Assert.Equal("v\n", await folder.TextAsync("read_file", $$"""{"path":"{{name}}"}"""));
    }

    [Fact]
    public async Task Lines_of_a_giant_file_are_not_blamed_one_by_one()
    {
        git.Tree.Write("big.txt", string.Concat(Enumerable.Repeat("a line of text\n", 300_000)));
        git.CommitAll("big");

        Assert.Equal(
            "big.txt has 4,500,000 bytes in the last commit; blame names lines of at most 4,194,304.",
            await folder.TextAsync("git", """{"cmd":"blame","path":"big.txt"}""")
        );
    }

    [Fact]
    public async Task Secrets_are_not_in_any_of_it()
    {
        string[] inputs =
        [
            """{"cmd":"diff"}""",
            """{"cmd":"show"}""",
            """{"cmd":"show","revision":"HEAD:.env"}""",
            """{"cmd":"blame","path":".env"}""",
            """{"cmd":"diff","path":".env"}""",
        ];
        foreach (var input in inputs)
        {
            Assert.DoesNotContain("hunter", await folder.TextAsync("git", input));
        }
    }

    [Theory]
    [InlineData(Level.RunTests, true, "Refused. level 2 (run_tests) may not commit; level 3 (git_commit) may.")]
    [InlineData(Level.GitCommit, false, "Refused. Nothing is committed before the tests are green.")]
    [InlineData(Level.GitCommit, true, "[committed ")]
    public async Task A_commit_needs_its_level_and_green_tests(Level level, bool green, string expected)
    {
        folder.Level = level;
        folder.Context = folder.Context with { ChecksGreen = () => green };

        var text = await folder.TextAsync("git", """{"cmd":"commit","paths":["a.txt"],"message":"Change a"}""");

        Assert.StartsWith(expected, text);
        Assert.Equal(text[0] == '[' ? "Change a\n" : "first\n", git.Git("log", "-1", "--format=%s"));
    }

    [Fact]
    public async Task A_switch_never_puts_uncommitted_work_at_risk()
    {
        git.Git("branch", "other");
        folder.Level = Level.GitCommit;

        Assert.StartsWith(
            "There are uncommitted changes, and switching would put them at risk: .env, a.txt.",
            await folder.TextAsync("git", """{"cmd":"checkout","name":"other"}""")
        );
        Assert.Equal(("main\n", "b\n"), (git.Git("branch", "--show-current"), git.Tree.Read("a.txt")));
    }

    [Fact]
    public async Task A_switch_overwrites_no_file_git_does_not_know()
    {
        git.Git("stash");
        git.Git("checkout", "-q", "-b", "other");
        git.Tree.Write("ignored.txt", "theirs\n");
        git.CommitAll("second");
        git.Git("checkout", "-q", "main");
        git.Tree.Write(".git/info/exclude", "ignored.txt\n");
        git.Tree.Write("ignored.txt", "mine\n");
        folder.Level = Level.GitCommit;

        Assert.StartsWith(
            "ignored.txt is not under version control here",
            await folder.TextAsync("git", """{"cmd":"checkout","name":"other"}""")
        );
        Assert.Equal("mine\n", git.Tree.Read("ignored.txt"));
    }

    [Fact]
    public async Task Work_is_stashed_a_branch_made_and_switched_to_and_the_work_taken_back()
    {
        folder.Level = Level.GitCommit;
        Assert.StartsWith("[done]\n## main", await folder.TextAsync("git", """{"cmd":"stash","message":"half done"}"""));
        Assert.Equal(("a\n", "stash@{0}: On main: half done\n"), (git.Tree.Read("a.txt"), git.Git("stash", "list")));
        Assert.StartsWith("[done]", await folder.TextAsync("git", """{"cmd":"branch","name":"feature/x"}"""));
        Assert.StartsWith("[done]\n## feature/x", await folder.TextAsync("git", """{"cmd":"checkout","name":"feature/x"}"""));
        Assert.StartsWith("[done]\n## feature/x", await folder.TextAsync("git", """{"cmd":"stash","pop":true}"""));
        Assert.Equal(("b\n", ""), (git.Tree.Read("a.txt"), git.Git("stash", "list")));
        Assert.Equal("There is no branch \"nope\".", await folder.TextAsync("git", """{"cmd":"checkout","name":"nope"}"""));
    }

    [Theory]
    [InlineData("""{"cmd":"stash"}""")]
    [InlineData("""{"cmd":"checkout","name":"main"}""")]
    [InlineData("""{"cmd":"branch","name":"x"}""")]
    public async Task Switching_needs_level_3(string input)
    {
        folder.Level = Level.RunTests;
        Assert.StartsWith(
            "Refused. level 2 (run_tests) may not switch branches or stash; level 3 (git_commit) may.",
            await folder.TextAsync("git", input)
        );
    }

    [Fact]
    public async Task The_co_author_line_can_be_switched_off()
    {
        folder.Level = Level.GitCommit;
        folder.Context = folder.Context with
        {
            ChecksGreen = () => true,
            Rules = CodexSidecar.Engine.Policy.Rules.RuleSet.None with { CoAuthor = false },
        };

        await folder.TextAsync("git", """{"cmd":"commit","paths":["a.txt"],"message":"Change a"}""");
        Assert.Equal("Change a\n\n", git.Git("log", "-1", "--format=%B"));
    }

    [Fact]
    public async Task Secrets_are_never_committed()
    {
        folder.Level = Level.ExtendedShell;
        folder.Context = folder.Context with { ChecksGreen = () => true };

        Assert.StartsWith("Refused.", await folder.TextAsync("git", """{"cmd":"commit","paths":["a.txt",".env"],"message":"x"}"""));
        Assert.Equal("first\n", git.Git("log", "-1", "--format=%s"));
    }

    [Fact]
    public async Task Without_a_repository_that_is_said()
    {
        using var none = new ToolFolder();

        Assert.Equal("The workspace is in no git repository.", await none.TextAsync("git", """{"cmd":"status"}"""));
    }
}

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
    public async Task Reading_works_at_every_level(string input, string expected) => Assert.Contains(expected, await folder.TextAsync("git", input));

    [Fact]
    public async Task Secrets_are_not_in_any_of_it()
    {
        string[] inputs = ["""{"cmd":"diff"}""", """{"cmd":"show"}""", """{"cmd":"show","revision":"HEAD:.env"}""", """{"cmd":"blame","path":".env"}""", """{"cmd":"diff","path":".env"}"""];
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

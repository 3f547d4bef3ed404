using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class WorkspacePathSpecs
{
    [Theory]
    [InlineData("src/a.cs", "src/a.cs")]
    [InlineData("./src//a.cs", "src/a.cs")]
    [InlineData("src\\a.cs", "src/a.cs")]
    [InlineData("src/", "src")]
    [InlineData(".", ".")]
    [InlineData("a/..", ".")]
    [InlineData("a/../b", "b")]
    [InlineData(".env.example", ".env.example")]
    [InlineData("naïve/日本.txt", "naïve/日本.txt")]
    [InlineData("console.cs", "console.cs")]
    [InlineData("com10/lpt.txt", "com10/lpt.txt")]
    [InlineData("a ~b/c~", "a ~b/c~")]
    [InlineData("-rf", "-rf")]
    public void A_path_inside_is_taken_in_one_spelling(string path, string value) => Assert.Equal(value, WorkspacePath.Parse(path).Value);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("/etc/passwd")]
    [InlineData("\\windows")]
    [InlineData("\\\\server\\share")]
    [InlineData("\\\\?\\C:\\x")]
    [InlineData("//server/share")]
    [InlineData("C:\\x")]
    [InlineData("c:x")]
    [InlineData("C:/x")]
    [InlineData("..")]
    [InlineData("a/../../b")]
    [InlineData("a\\..\\..\\b")]
    [InlineData("~")]
    [InlineData("~/x")]
    [InlineData("~root/x")]
    [InlineData("file:x")]
    [InlineData("FILE:///etc/passwd")]
    [InlineData("a.txt:stream")]
    [InlineData("a.txt::$DATA")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[31mb")]
    [InlineData("a\u007fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u202eb")]
    [InlineData("a.")]
    [InlineData("a. /b")]
    [InlineData("a /b")]
    [InlineData(".../b")]
    [InlineData(".. /b")]
    [InlineData("con")]
    [InlineData("src/NUL.txt")]
    [InlineData("aux.tar.gz")]
    [InlineData("COM1")]
    [InlineData("lpt¹.log")]
    [InlineData("CONIN$")]
    [InlineData("nul .txt")]
    public void Everything_else_is_refused(string path)
    {
        var refusal = Assert.Throws<WorkspaceException>(() => WorkspacePath.Parse(path));

        Assert.Equal("path", refusal.Code);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_name() => Assert.Equal("path", Asking.CodeOf(() => WorkspacePath.Parse("a\ud800b")));

    [Fact]
    public void Names_and_paths_have_a_longest()
    {
        Assert.Equal(240, WorkspacePath.Parse(new string('é', 120)).Value.Length * 2);
        Assert.Equal("path", Asking.CodeOf(() => WorkspacePath.Parse(new string('é', 121))));
        Assert.Equal("path", Asking.CodeOf(() => WorkspacePath.Parse(string.Concat(Enumerable.Repeat("folder/", 600)) + "a")));
    }

    [Theory]
    [InlineData(".git/config")]
    [InlineData("sub/.GIT/hooks/x")]
    [InlineData("git~1/config")]
    [InlineData(".g\u200cit/config")]
    [InlineData(".codex-sidecar/config.json")]
    public void What_belongs_to_git_and_to_us_is_reserved(string path) => Assert.True(WorkspacePath.Parse(path).IsReserved);

    [Theory]
    [InlineData(".gitignore")]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData("a/.codex-sidecar/x")]
    public void The_neighbours_of_it_are_not(string path) => Assert.False(WorkspacePath.Parse(path).IsReserved);

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("")]
    [InlineData("a//b")]
    public void A_name_from_the_disk_stays_inside_too(string path) => Assert.Equal("path", Asking.CodeOf(() => WorkspacePath.OfDisk(path)));
}

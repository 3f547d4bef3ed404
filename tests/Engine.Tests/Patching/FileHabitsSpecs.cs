using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>What .editorconfig and .gitattributes say counts where the file itself says nothing.</summary>
public sealed class FileHabitsSpecs
{
    private static readonly Files Project = Files.Of(
        (".editorconfig", "root = true\n\n[*]\ntab_width = 2\n[*.{bat,cmd}]\nend_of_line = crlf\n[old/**.txt]\ncharset = latin1\n"),
        ("sub/.editorconfig", "[*.bat]\nend_of_line = lf\n"),
        (".gitattributes", "# ends\n*.txt eol=crlf\n"),
        ("a.go", "f {\n\tif {\n\t\treturn one_thing\n\t}\n}\n")
    );

    [Theory]
    [InlineData("run.bat", "x\r\n")]
    [InlineData("deep/down/run.cmd", "x\r\n")]
    [InlineData("sub/run.bat", "x\n")]
    [InlineData("notes.txt", "x\r\n")]
    [InlineData("run.sh", "x\n")]
    public void A_new_file_ends_its_lines_as_the_project_says(string path, string text) =>
        Assert.Equal(text, Project.Text(Project.Plan($"{path}\n```\nx\n```\n"), path));

    [Theory]
    [InlineData("\uFEFF[*]\ncharset = windows-1251\n")]
    [InlineData("root=true\r\n[*]\r\nCharset = Windows-1251\r\n")]
    [InlineData("[*]\ncharset = windows-1251 ; of old\n")]
    [InlineData("[*.txt] # all texts\ncharset = windows-1251 # of old\n")]
    [InlineData("[a[a-e]*.txt]\ncharset = cp1251\n")]
    [InlineData("[[ab]?.txt]\ncharset = cp1251\n")]
    [InlineData("[[!b]c.txt]\ncharset = cp1251\n")]
    [InlineData("[{ac,bc}.txt]\ncharset = cp1251\n")]
    [InlineData("[*]\ncharset = latin1\n[*.txt]\ncharset = cp1251\n[b*]\ncharset = latin1\n")]
    public void A_charset_is_found_however_the_settings_are_written(string settings)
    {
        var files = Files.Of((".editorconfig", settings)).With("ac.txt", [0xE4, 0xE0, 10]);
        Assert.Equal([0xED, 0xE5, 0xF2, 10], files.After(files.Plan("ac.txt\n```\nнет\n```\n"))["ac.txt"]);
    }

    [Fact]
    public void A_tab_is_as_wide_as_the_project_says()
    {
        var plan = Project.Plan("a.go\n<<<<<<< SEARCH\nif {\n  return one_thing\n}\n=======\nif {\n  return two\n}\n>>>>>>> REPLACE\n");
        Assert.Equal("f {\n\tif {\n\t\treturn two\n\t}\n}\n", Project.Text(plan, "a.go"));
    }

    [Fact]
    public void A_file_declared_as_Latin_1_takes_new_letters_of_it()
    {
        var files = Files.Of([
            .. Project.After(PatchPlan.Empty),
            KeyValuePair.Create("old/a.txt", "caf\u00E9\n"u8.ToArray()),
            KeyValuePair.Create("old/b.txt", new byte[] { 0xE9, 10 }),
        ]);
        var plan = files.Plan("old/b.txt\n<<<<<<< SEARCH\n=======\nna\u00EFve\n>>>>>>> REPLACE\n");
        Assert.Equal([0xE9, 10, (byte)'n', (byte)'a', 0xEF, (byte)'v', (byte)'e', 10], files.After(plan)["old/b.txt"]);
    }
}

using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Tests.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

public sealed class ReadingToolSpecs : IDisposable
{
    private readonly ToolFolder folder = new() { Level = Level.ReadOnly };
    private TreeFolder Tree => folder.Tree;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_is_read_as_plain_text()
    {
        Tree.Write("src/a.cs", "one\ntwo\nthree\n");

        Assert.Equal("one\ntwo\nthree\n", await ReadAsync("src/a.cs"));
    }

    [Theory]
    [InlineData("2-3", "two\nthree\n[lines 2-3; there are more]")]
    [InlineData("4", "four\n[lines 4-4, the last one]")]
    [InlineData("3-", "three\nfour\n[lines 3-4, the last one]")]
    [InlineData("3-99", "three\nfour\n[lines 3-4, the last one]")]
    [InlineData("9-10", "[there are only 4 lines]")]
    public async Task Some_lines_are_read_and_named(string lines, string expected)
    {
        Tree.Write("a.txt", "one\ntwo\r\nthree\nfour");

        Assert.Equal(expected, await ReadAsync("a.txt", lines));
    }

    [Fact]
    public async Task A_large_file_is_cut_and_its_lines_can_be_asked_for()
    {
        Tree.Write("big.txt", string.Concat(Enumerable.Range(1, 200_000).Select(n => $"line {n}\n")));

        var text = await ReadAsync("big.txt");

        var shown = text.TrimEnd().Split('\n').Length - 1;
        Assert.InRange(text.Length, 31_900, 32_100);
        Assert.EndsWith($"\nline {shown}\n[lines 1-{shown} of 200000; ask for more by \"lines\": \"{shown + 1}-{2 * shown}\"]", text);
        Assert.InRange((await ReadAsync("big.txt", $"{shown + 1}-")).Length, 31_900, 32_100);
        Assert.EndsWith("of 200000; ask for more by \"lines\": \"", (await ReadAsync("big.txt", "100-190000"))[..^"2959-5817\"]".Length]);
        Assert.Equal("line 150000\n[lines 150000-150000; there are more]", await ReadAsync("big.txt", "150000"));
    }

    [Fact]
    public async Task A_file_of_one_endless_line_does_not_fill_the_memory()
    {
        Tree.Shell("truncate -s 3G sparse; printf 'text text' > text; yes | tr -d '\\n' | head -c 30000000 >> text");

        Assert.Contains("is binary: 3221225472 bytes", await ReadAsync("sparse"));
        var text = await ReadAsync("text", "1-2");
        Assert.InRange(text.Length, 32_000, 32_200);
        Assert.StartsWith("text textyyy", text);
        Assert.EndsWith(
            "[the first 32000 characters of line 1, which is too long to be shown; search finds words in it; go on with \"lines\": \"2-\"]",
            text
        );
    }

    [Fact]
    public async Task Binary_files_are_named_not_dumped()
    {
        Tree.Write("a.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]);

        Assert.Equal("[a.png is binary: 10 bytes, a PNG image]", await ReadAsync("a.png"));
    }

    [Fact]
    public async Task Other_encodings_are_read_as_text()
    {
        Tree.Write("wide.txt", [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("привет\n")]);
        Tree.Write("old.txt", [0x63, 0x61, 0x66, 0xE9, 0x0A]);
        Tree.Write("marked.txt", [0xEF, 0xBB, 0xBF, 0x68, 0x69]);

        Assert.Equal(
            ("привет\n", "café\n", "hi"),
            (await ReadAsync("wide.txt"), await ReadAsync("old.txt"), await ReadAsync("marked.txt"))
        );
        Assert.Equal("привет\n[lines 1-1, the last one]", await ReadAsync("wide.txt", "1"));
        Tree.Write("late.txt", [.. Enumerable.Repeat((byte)'\n', 9_000), 0xE9, 0x0A]);
        Assert.Equal("é\n[lines 9001-9001, the last one]", await ReadAsync("late.txt", "9001"));
    }

    [Fact]
    public async Task A_character_at_the_limit_is_not_torn()
    {
        Tree.Write("a.txt", new string('x', 31_999) + string.Concat(Enumerable.Repeat("🐚", 100)));

        Assert.StartsWith("x\n[the first 31999 characters of line 1,", (await ReadAsync("a.txt"))[31_998..]);
    }

    [Theory]
    [InlineData(".env")]
    [InlineData("link")]
    [InlineData("dir/.env")]
    [InlineData("hidden/x.txt")]
    [InlineData(".git/config")]
    public async Task Secrets_and_hidden_files_are_never_shown(string path)
    {
        Tree.Write(".env", "KEY=hunter2\n");
        Tree.Write("real/.env", "KEY=hunter2\n");
        Tree.Write("hidden/x.txt", "hunter2\n");
        Tree.Write(".git/config", "hunter2\n");
        Tree.Write(".codexignore", "hidden\n");
        Tree.Link("link", ".env");
        Tree.Link("dir", "real");
        folder.Level = Level.ExtendedShell;

        var result = await folder.RunAsync("read_file", $$"""{"path":"{{path}}"}""");

        Assert.False(result.Ok);
        Assert.StartsWith("Refused.", result.Text);
        Assert.DoesNotContain("hunter2", await folder.TextAsync("search", """{"query":"hunter"}"""));
    }

    [Fact]
    public async Task A_link_that_leads_outside_is_refused()
    {
        Tree.Link("out", "../outside/secret");
        Tree.Link("etc", "/etc");

        Assert.All([await ReadAsync("out"), await ReadAsync("etc/passwd")], text => Assert.Contains("refused", text));
    }

    [Fact]
    public async Task A_folder_is_listed_with_sizes_and_ignored_entries_marked()
    {
        Tree.Write("src/b.cs", "12345");
        Tree.Write("src/.env", "KEY=1");
        Tree.Write("src/bin/x.dll", "1");
        Tree.Write("src/sub/y.cs", "1");
        Tree.Write(".gitignore", "bin/\n");
        Tree.Link("src/l", "b.cs");

        Assert.Equal(".env 5\nb.cs 5\nbin/ (ignored)\nl -> b.cs\nsub/\n", await folder.TextAsync("list_dir", """{"path":"src"}"""));
        Assert.Equal(".gitignore 5\nsrc/\n", await folder.TextAsync("list_dir", "{}"));
        Assert.Contains("is a file; use read_file", await folder.TextAsync("list_dir", """{"path":"src/b.cs"}"""));
    }

    [Fact]
    public async Task A_long_list_says_what_is_left_out()
    {
        Tree.Shell("seq -f 'f%05g' 2345 | xargs touch; printf x > \"$(printf 'a\\nb')\"");

        var lines = (await folder.TextAsync("list_dir", "{}")).Split('\n');

        Assert.Equal(
            ("a\uFFFDb 1", "[346 of 2346 entries left out; list a folder below it, or search for text in its files with globs]", 2002),
            (lines[0], lines[2000], lines.Length)
        );
    }

    [Fact]
    public async Task Text_is_found_with_its_place_in_order_of_the_paths()
    {
        Tree.Write("src/b.cs", "a.b\nx\nfind(a.b)\n");
        Tree.Write("src/a.cs", "axb find a.b\n");
        Tree.Write("docs/a.md", "a.b\n");
        Tree.Write("bin/out.cs", "a.b\n");
        Tree.Write(".gitignore", "bin\n");
        Tree.Write("image.cs", [0, .. "a.b"u8]);
        Tree.Write("wide.cs", [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("a.b\n")]);

        Assert.Equal(
            "docs/a.md:1: a.b\nsrc/a.cs:1: axb find a.b\nsrc/b.cs:1: a.b\nsrc/b.cs:3: find(a.b)\nwide.cs:1: a.b\n",
            await folder.TextAsync("search", """{"query":"a.b"}""")
        );
        Assert.Equal("src/a.cs:1: axb find a.b\n", await folder.TextAsync("search", """{"query":"^a.b\\s+f","regex":true}"""));
        Assert.Equal("docs/a.md:1: a.b\n", await folder.TextAsync("search", """{"query":"a.b","globs":["*.md"]}"""));
        Assert.Equal("docs/a.md:1: a.b\n", await folder.TextAsync("search", """{"query":"a.b","globs":"!*.cs"}"""));
        Assert.Equal("src/b.cs:3: find(a.b)\n", await folder.TextAsync("search", """{"query":"find(","globs":["src/"]}"""));
        Assert.Equal("[nothing found]\n", await folder.TextAsync("search", """{"query":"A.B","path":"src"}"""));
    }

    [Fact]
    public async Task Too_many_hits_and_long_lines_are_cut()
    {
        Tree.Write("many.txt", string.Concat(Enumerable.Repeat("needle\n", 500)));
        Tree.Write("min.js", new string('x', 5_000) + "pin" + new string('y', 5_000));

        var many = await folder.TextAsync("search", """{"query":"needle"}""");
        var one = await folder.TextAsync("search", """{"query":"pin"}""");

        Assert.Equal(200, many.Split('\n').Count(line => line.EndsWith(": needle", StringComparison.Ordinal)));
        Assert.EndsWith("[more than 200 hits; narrow the query or the globs]\n", many);
        Assert.InRange(one.Length, 300, 330);
        Assert.Contains("xxxpinyyy", one);
    }

    [Fact]
    public async Task A_file_too_large_to_search_is_counted()
    {
        Tree.Shell("truncate -s 3G sparse; mkfifo pipe; echo needle > a");

        Assert.Equal(
            "a:1: needle\n[1 files were not searched: too large or not readable]\n",
            await folder.TextAsync("search", """{"query":"needle"}""")
        );
    }

    private Task<string> ReadAsync(string path, string? lines = null) =>
        folder.TextAsync(
            "read_file",
            lines is null ? $$"""{"path":"{{path}}"}""" : $$"""{"path":"{{path}}","lines":{{JsonSerializer.Serialize(lines)}}}"""
        );
}

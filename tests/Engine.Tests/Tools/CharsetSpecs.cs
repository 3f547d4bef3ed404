using System.Text;
using System.Text.Json;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>A file in an encoding that the project names is the same text for every tool, in prompts and in git's words, and is written in
/// it.</summary>
public sealed class CharsetSpecs : IDisposable
{
    private readonly GitTree git = new();
    private readonly ToolFolder folder;

    public CharsetSpecs() => folder = new(git.Tree);

    public void Dispose() => folder.Dispose();

    /// <summary>Name in .editorconfig, code page (0: UTF-16, 1: the other way round, both without a mark), a line, a word of it.</summary>
    public static TheoryData<string, int, string, string> Charsets =>
        new()
        {
            { "windows-1251", 1251, "цена = \"рубль\"", "рубль" },
            { "cp1251", 1251, "цена = \"рубль\"", "рубль" },
            { "Windows-1252", 1252, "note = \"naïve “10 €”\"", "naïve" },
            { "latin1", 28591, "note = \"naïve\"", "naïve" },
            { "iso-8859-15", 28605, "note = \"à 10 €\"", "€" },
            { "ISO8859-2", 28592, "note = \"žluťoučký\"", "žluťoučký" },
            { "windows-1255", 1255, "note = \"מחיר\"", "מחיר" },
            { "koi8-r", 20866, "цена = 10", "цена" },
            { "cp866", 866, "цена = 10", "цена" },
            { "macintosh", 10000, "note = \"naïve\"", "naïve" },
            { "gbk", 936, "价格 = \"人民币\"", "人民币" },
            { "gb2312", 936, "通 = 1", "通" },
            { "gb18030", 54936, "价格 = \"𠀀元\"", "𠀀元" },
            { "shift_jis", 932, "値段 = \"ソース表\"", "ソース" },
            { "sjis", 932, "値段 = \"ソース表\"", "表" },
            { "euc-jp", 51932, "値段 = \"日本円\"", "日本円" },
            { "iso-2022-jp", 50220, "値段 = \"日本円\"", "日本円" },
            { "euc-kr", 949, "가격 = \"원화\"", "원화" },
            { "big5", 950, "價格 = \"許功蓋\"", "許功" },
            { "utf-16le", 0, "цена = \"上海 рубль\"", "рубль" },
            { "utf-16be", 1, "цена = \"上海 рубль\"", "上海" },
        };

    [Theory]
    [MemberData(nameof(Charsets))]
    public async Task Every_way_to_a_file_takes_it_for_the_same_text(string charset, int page, string line, string word)
    {
        var (text, changed) = ($"{line}\ntwo = 2\nthree = 3\n", $"{line} # {word}\ntwo = 2\nthree = 3\n");
        Named(charset, "a.py", Bytes(page, text));

        Assert.Equal(text, await ReadAsync("""{"path":"a.py"}"""));
        Assert.Equal($"{line}\n[lines 1-1; there are more]", await ReadAsync("""{"path":"a.py","lines":"1"}"""));
        Assert.Equal(text, ReadableText.Read(folder.Context.Root, "a.py"));
        Assert.Equal(text, ReadableText.OfWalk(folder.Context.Root)("a.py"));
        Assert.Equal($"a.py:1: {line}\n", await SearchAsync(word, regex: false));
        Assert.Equal($"a.py:1: {line}\n", await SearchAsync($"^.*{word}.*$", regex: true));

        var edited = await folder.WriteAsync("a.py", $"<<<<<<< SEARCH\n{line}\n=======\n{line} # {word}\n>>>>>>> REPLACE\n", "patch");
        Assert.True(edited.Ok, edited.Text);
        Assert.Equal(Bytes(page, changed), OnDisk("a.py"));

        var diff = await GitAsync("""{"cmd":"diff"}""");
        Assert.StartsWith("diff --git a/a.py b/a.py\nindex ", diff);
        Assert.Contains($"\n--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n-{line}\n+{line} # {word}\n two = 2\n", diff);
        Assert.Contains($"\n--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,3 @@\n+{line}\n+two = 2\n", await GitAsync("""{"cmd":"show"}"""));
        Assert.Equal(text, await GitAsync("""{"cmd":"show","revision":"HEAD:a.py"}"""));
        Assert.EndsWith(
            $" 1) {line}\n",
            (await GitAsync("""{"cmd":"blame","path":"a.py"}""")).Split("2026-03-04")[1].Split('\n')[0] + "\n"
        );
    }

    [Theory]
    [MemberData(nameof(Charsets))]
    public async Task Whole_texts_and_new_files_are_written_in_it(string charset, int page, string line, string word)
    {
        var text = $"{line}\ntwo = 2\n";
        Named(charset, "a.py", Bytes(page, text));

        Assert.True((await folder.WriteAsync("a.py", $"{line}\ntwo = 22 # {word}\n")).Ok);
        Assert.Equal(Bytes(page, $"{line}\ntwo = 22 # {word}\n"), OnDisk("a.py"));
        Assert.True((await folder.WriteAsync("new.py", text)).Ok);
        // Nobody knows UTF-16 without its mark: editors write it.
        byte[] mark = page switch
        {
            0 => [0xFF, 0xFE],
            1 => [0xFE, 0xFF],
            _ => [],
        };
        Assert.Equal([.. mark, .. Bytes(page, text)], OnDisk("new.py"));
        Assert.Equal(text, await ReadAsync("""{"path":"new.py"}"""));
    }

    [Theory]
    [InlineData("windows-1252", "Ā")]
    [InlineData("windows-1251", "人")]
    [InlineData("latin1", "€")]
    [InlineData("gbk", "𠀀")]
    [InlineData("shift_jis", "¥")]
    [InlineData("iso-2022-jp", "ｱ")]
    [InlineData("big5", "ï")]
    [InlineData("euc-kr", "☃︎")]
    public async Task A_letter_it_cannot_hold_is_refused_and_named(string charset, string letter)
    {
        Named(charset, "a.py", "one = 1\n"u8.ToArray());

        foreach (var path in new[] { "a.py", "new.py" })
        {
            var result = await folder.WriteAsync(path, $"one = '{letter}'\n");
            Assert.False(result.Ok);
            Assert.Contains($"has the character U+", result.Text);
            Assert.Contains("cannot hold", result.Text);
        }
        Assert.Equal("one = 1\n"u8.ToArray(), OnDisk("a.py"));
        Assert.False(File.Exists(folder.Tree.At("new.py")));
    }

    [Theory]
    [InlineData("windows-1251", "имя = 1\n")]
    [InlineData("latin1", "café = 1\n")]
    [InlineData("gbk", "名字 = 1\n")]
    [InlineData("shift_jis", "値段 = 1\n")]
    [InlineData("utf-16le", "имя = 1\n")]
    [InlineData("no-such-charset", "имя = 1\n")]
    public async Task A_file_that_is_UTF_8_all_the_same_stays_so(string charset, string text)
    {
        Named(charset, "a.py", Encoding.UTF8.GetBytes(text));

        Assert.Equal(text, await ReadAsync("""{"path":"a.py"}"""));
        Assert.True((await folder.WriteAsync("a.py", text + text)).Ok);
        Assert.Equal(Encoding.UTF8.GetBytes(text + text), OnDisk("a.py"));
    }

    [Theory]
    [InlineData("windows-1251", 1251)]
    [InlineData("shift_jis", 932)]
    [InlineData("iso-2022-jp", 50220)]
    public async Task The_first_letter_that_is_no_ASCII_is_written_in_it(string charset, int page)
    {
        Named(charset, "a.py", "one = 1\n"u8.ToArray());

        Assert.True((await folder.WriteAsync("a.py", "one = 1 # да\n")).Ok);
        Assert.Equal(Bytes(page, "one = 1 # да\n"), OnDisk("a.py"));
    }

    [Fact]
    public async Task A_mark_is_asked_for_in_new_files_and_never_put_into_old_ones()
    {
        Named("utf-8-bom", "a.py", "имя\n"u8.ToArray());

        Assert.True((await folder.WriteAsync("a.py", "имя 2\n")).Ok);
        Assert.True((await folder.WriteAsync("new.py", "имя\n")).Ok);
        Assert.Equal("имя 2\n"u8.ToArray(), OnDisk("a.py"));
        Assert.Equal([0xEF, 0xBB, 0xBF, .. "имя\n"u8], OnDisk("new.py"));
    }

    [Fact]
    public async Task UTF_16_with_a_mark_is_text_without_any_settings()
    {
        var line = "цена = \"上海\"";
        byte[] Wide(string text) => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];
        folder.Tree.Write("a.txt", Wide($"{line}\r\ntwo\r\n"));
        git.CommitAll("first");
        folder.Tree.Write("a.txt", Wide($"{line}\r\n2\r\n"));

        Assert.Equal($"{line}\n2\n", ReadableText.Read(folder.Context.Root, "a.txt"));
        Assert.Contains($"\n {line}\r\n-two\r\n+2\r\n", await GitAsync("""{"cmd":"diff"}"""));
        Assert.Contains($" 1) {line}\r\n", await GitAsync("""{"cmd":"blame","path":"a.txt"}"""));
        Assert.Equal($"{line}\r\ntwo\r\n", await GitAsync("""{"cmd":"show","revision":"HEAD:a.txt"}"""));
    }

    [Fact]
    public async Task A_guess_is_the_same_everywhere_too()
    {
        folder.Tree.Write("a.txt", [.. "caf"u8, 0xE9, .. " 1\ntwo\n"u8]);
        git.CommitAll("first");
        folder.Tree.Write("a.txt", [.. "caf"u8, 0xE9, .. " 1\n2\n"u8]);

        Assert.Equal("a.txt:1: café 1\n", await SearchAsync("café", regex: false));
        Assert.Equal("café 1\n2\n", ReadableText.Read(folder.Context.Root, "a.txt"));
        Assert.Contains("\n café 1\n-two\n+2\n", await GitAsync("""{"cmd":"diff"}"""));
        Assert.Contains(" 1) café 1\n", await GitAsync("""{"cmd":"blame","path":"a.txt"}"""));
    }

    [Fact]
    public async Task Line_ends_that_git_turns_on_its_way_in_are_no_difference()
    {
        folder.Tree.Write("a.txt", [.. "caf"u8, 0xE9, .. " 1\ntwo\nthree\n"u8]);
        git.CommitAll("first");
        git.Git("config", "core.autocrlf", "true");
        folder.Tree.Write("a.txt", [.. "caf"u8, 0xE9, .. " 1\r\n2\r\nthree\r\n"u8]);

        Assert.Contains("\n@@ -1,3 +1,3 @@\n café 1\n-two\n+2\n three\n", await GitAsync("""{"cmd":"diff"}"""));
    }

    [Fact]
    public async Task A_file_that_only_changed_its_encoding_is_told_so()
    {
        Named("windows-1251", "a.py", Bytes(1251, "имя\n"));
        folder.Tree.Write("a.py", "имя\n"u8.ToArray());

        Assert.EndsWith(
            "(the same text; only its encoding or mark differs: windows-1251, now utf-8)\n",
            await GitAsync("""{"cmd":"diff"}""")
        );
    }

    [Fact]
    public void Where_git_is_told_of_an_encoding_that_counts_too()
    {
        folder.Tree.Write(".gitattributes", "*.py text working-tree-encoding=windows-1251\n");
        folder.Tree.Write("a.py", Bytes(1251, "имя\n"));

        Assert.Equal("имя\n", ReadableText.Read(folder.Context.Root, "a.py"));
    }

    /// <summary>The beginning of a large file decides, wherever a letter is torn.</summary>
    [Theory]
    [InlineData(932, "shift_jis")]
    [InlineData(0, "utf-16le")]
    [InlineData(65001, "utf-8")]
    public async Task A_large_file_is_read_in_its_encoding_as_well(int page, string charset)
    {
        Named(charset, "a.py", Bytes(page, string.Concat(Enumerable.Range(1, 90_000).Select(n => $"値段ソ{n}\n"))));

        Assert.StartsWith("値段ソ1\n値段ソ2\n", await ReadAsync("""{"path":"a.py"}"""));
        Assert.Equal("値段ソ89999\n[lines 89999-89999; there are more]", await ReadAsync("""{"path":"a.py","lines":"89999"}"""));
    }

    private static byte[] Bytes(int page, string text) =>
        page switch
        {
            0 => Encoding.Unicode.GetBytes(text),
            1 => Encoding.BigEndianUnicode.GetBytes(text),
            _ => (CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.GetEncoding(page)).GetBytes(text),
        };

    private byte[] OnDisk(string path) => File.ReadAllBytes(folder.Tree.At(path));

    private void Named(string charset, string path, byte[] bytes)
    {
        folder.Tree.Write(".editorconfig", $"root = true\n[*.py]\ncharset = {charset}\n");
        folder.Tree.Write(path, bytes);
        git.CommitAll("first");
    }

    private Task<string> ReadAsync(string input) => folder.TextAsync("read_file", input);

    private Task<string> GitAsync(string input) => folder.TextAsync("git", input);

    private Task<string> SearchAsync(string query, bool regex) =>
        folder.TextAsync("search", $$"""{"query":{{JsonSerializer.Serialize(query)}},"regex":{{(regex ? "true" : "false")}}}""");
}

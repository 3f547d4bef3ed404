using System.Text;
using System.Text.Json;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>The search tool against rg as the judge: the same files, the same lines.</summary>
public sealed class SearchSpecs
{
    private static readonly string[] Paths =
    [
        "a.cs",
        "b.md",
        "src/a.cs",
        "src/b c.cs",
        "src/deep/é.cs",
        "src/deep/x.log",
        "out/a.cs",
        ".hidden/a.cs",
        "lib/日本.md",
        "lib/.dot",
        "keep.log",
    ];

    private static readonly string[] Words = ["find", "Find", "a.b", "a+b", "(x)", "é", "日本", "tail", "x1", "", " ", "\t", "end."];

    private static readonly string[] Ignores = ["*.log", "out/", "/lib", "!keep.log", "deep", "*.md", "src/*", "!src/deep/", "# no"];

    private static readonly (string Query, bool Regex)[] Queries =
    [
        ("find", false),
        ("a.b", false),
        ("(x)", false),
        ("é", false),
        ("nowhere", false),
        ("tail end.", false),
        ("a.b", true),
        ("^find", true),
        (@"end\.$", true),
        (@"\bx\d\b", true),
        ("^$", true),
        ("(find|tail).*é", true),
        (@"[^a]b", true),
        (@"日\w", true),
        (@"\s$", true),
        (@"(?i)FIND", true),
        ("x*", true),
        (@"[fF]i\w+\s+a\.b", true),
        (@"(tail )?end", true),
        (@"x1? f", true),
    ];

    private static readonly Gen<byte[]> SomeFile = Gen.Select(Gen.Int[0, Words.Length - 1].Array[0, 4].Array[0, 12], Gen.Int[0, 9])
        .Select(
            (lines, kind) =>
            {
                var text =
                    string.Join(kind is 1 or 2 ? "\r\n" : "\n", lines.Select(line => string.Join(' ', line.Select(word => Words[word]))))
                    + (kind == 2 ? "" : "\n");
                return kind switch
                {
                    3 => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
                    4 => [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)],
                    5 => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)],
                    6 => [0, .. Encoding.UTF8.GetBytes(text)],
                    7 => [.. Encoding.UTF8.GetBytes(text), 0, 1, 2],
                    _ => Encoding.UTF8.GetBytes(text),
                };
            }
        );

    private static readonly Gen<string> SomeIgnores = Gen.Int[0, Ignores.Length - 1]
        .Array[0, 3]
        .Select(some => string.Join('\n', some.Select(at => Ignores[at])) + "\n");

    [Fact]
    public void It_finds_what_rg_finds_in_the_same_files()
    {
        Needs.Ripgrep();
        var found = 0;
        Gen.Select(SomeFile.Array[Paths.Length], SomeIgnores, SomeIgnores, Gen.Int[0, Queries.Length - 1].Array[4])
            .Holds(
                (files, top, below, queries) =>
                {
                    using var folder = new ToolFolder();
                    for (var i = 0; i < Paths.Length; i++)
                    {
                        folder.Tree.Write(Paths[i], files[i]);
                    }
                    folder.Tree.Link("link.cs", "src/a.cs");
                    folder.Tree.Write(".gitignore", top);
                    folder.Tree.Write("src/.gitignore", below);
                    foreach (var (query, regex) in queries.Select(at => Queries[at]))
                    {
                        var judged = Judged(folder.Tree, query, regex);
                        Assert.Equal([query, .. judged], [query, .. Found(folder, query, regex)]);
                        Interlocked.Add(ref found, judged.Length);
                    }
                },
                few: 30,
                many: 150,
                threads: 2
            );
        Assert.True(found > Property.Times(500, 2_500), $"only {found} hits in all trees");
    }

    [Theory]
    [InlineData(@"RareWord\d+\(\)", "RareWord")]
    [InlineData(@"[A-Z][a-z]+\w+00\(", "00(")]
    [InlineData("abc?d+e", "ab")]
    [InlineData("x*", "")]
    [InlineData("one|other", "")]
    [InlineData("(abcd)?ef", "ef")]
    [InlineData("(?i)abc", "")]
    [InlineData(@"a\x41bc", "a")]
    [InlineData("[]a]b{0}cc", "cc")]
    [InlineData("[a-z-[abc]]def", "")]
    public void What_an_expression_requires_is_known_or_not_assumed(string pattern, string expected) =>
        Assert.Equal(expected, Engine.Tools.RequiredText.Of(pattern));

    [Fact]
    public async Task A_hostile_tree_is_searched_without_a_wait_and_shown_without_its_controls()
    {
        using var folder = new ToolFolder();
        folder.Tree.Write("\u001b[31mred\nx.cs", "needle");
        folder.Tree.Write("long.js", new string('x', 12_000_000) + "needle");
        folder.Tree.Shell(
            "mkfifo pipe; truncate -s 10G sparse; mkdir -p d/e; ln -s .. d/e/loop; ln -s /dev/zero zero; ln -s ../outside/secret "
                + "out; printf 'needle\\0' > binary"
        );

        var text = await folder.TextAsync("search", """{"query":"needle"}""");

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("red", lines[0]);
        Assert.StartsWith("long.js:1: …xxx", lines[1]);
        Assert.Equal("[1 files were not searched: too large or not readable]", lines[2]);
        Assert.DoesNotContain(text, letter => char.IsControl(letter) && letter != '\n');
    }

    private static string[] Judged(TreeFolder tree, string query, bool regex)
    {
        string[] rg =
        [
            "-n",
            "--null",
            "--no-heading",
            "--color",
            "never",
            "--crlf",
            "--hidden",
            "--no-require-git",
            "--no-ignore-global",
            "--no-ignore-parent",
            "--no-ignore-dot",
            "-g",
            "!.git",
            regex ? "-e" : "-F",
            query,
            ".",
        ];
        var lines = Lines(tree.Run("rg", rg)).ToList();
        // What rg has told of a file before it came to a NUL is no more than a beginning.
        var binary = lines
            .Where(line => line.Contains(": WARNING: stopped searching binary file"))
            .Select(line => line[..line.IndexOf(": WARNING", StringComparison.Ordinal)])
            .ToHashSet();
        // NUL after the path, because a path can hold all that stands between the parts.
        return
        [
            .. lines
                .Where(line => line.Split('\0') is [var path, _] && !binary.Contains(path))
                .Select(line => line[2..].Replace('\0', ':'))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string[] Found(ToolFolder folder, string query, bool regex)
    {
        var text = folder
            .TextAsync("search", $$"""{"query":{{JsonSerializer.Serialize(query)}},"regex":{{(regex ? "true" : "false")}}}""")
            .GetAwaiter()
            .GetResult();
        return [.. Lines(text).Where(line => line != "[nothing found]").Select(OneHit).Order(StringComparer.Ordinal)];
    }

    /// <summary><c>path:line: text</c> as rg writes it.</summary>
    private static string OneHit(string line)
    {
        var at = line.IndexOf(": ", StringComparison.Ordinal);
        return line[..(at + 1)] + line[(at + 2)..];
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'));
}

using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class LinuxWalkSpecs() : WalkSpecs(folder => LinuxJail.TryOpen(folder)!);

public sealed class PlainWalkSpecs() : WalkSpecs(folder => new PlainJail(folder));

/// <summary>The walk and the ignore rules, with git as the judge.</summary>
public abstract class WalkSpecs : IDisposable
{
    private readonly TreeFolder tree = new();
    private readonly WorkspaceRoot root;

    private protected WalkSpecs(Func<string, Jail> open) => root = WorkspaceRoot.Open(open(tree.Path));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        root.Dispose();
        tree.Dispose();
    }

    [Fact]
    public void Files_and_links_come_in_ordinal_order_of_their_paths()
    {
        foreach (var name in new[] { "b/x", "b-c", "b.c", "b0", "a", "B", "é" })
        {
            tree.Write(name, "");
        }
        tree.Link("b/link", "x");
        Directory.CreateDirectory(tree.At("empty"));

        var walked = Walk();

        Assert.Equal(["B", "a", "b-c", "b.c", "b/link", "b/x", "b0", "é"], walked);
        Assert.Equal(walked.Order(StringComparer.Ordinal), walked);
        Assert.Equal(["b/link", "b/x"], root.Walk("b".Disk(), Token).Names());
    }

    [Fact]
    public void Links_are_never_followed_and_circles_end()
    {
        tree.Write("dir/a", "");
        tree.Link("dir/up", "..");
        tree.Link("dir/self", ".");
        tree.Link("away", "../outside");

        Assert.Equal(["away", "dir/a", "dir/self", "dir/up"], Walk());
    }

    [Fact]
    public void Gits_own_folder_is_never_entered()
    {
        tree.Write(".git/config", "");
        tree.Write("sub/.git", "gitdir: elsewhere");
        tree.Write("sub/a", "");

        Assert.Equal(["sub/a"], Walk());
        Assert.True(root.IsIgnored(".git/config".Disk()));
        Assert.True(root.IsHidden("sub/.git".Disk()));
    }

    [Fact]
    public void What_a_killed_batch_left_is_not_shown()
    {
        tree.Write(StagedName.New(), "");
        tree.Write(".codex-sidecar-notes.staged", "the user's own");

        Assert.Equal([".codex-sidecar-notes.staged"], Walk());
    }

    [Fact]
    public void Without_a_gitignore_the_heavy_folders_are_left_out()
    {
        foreach (
            var name in new[]
            {
                "node_modules/a",
                "web/node_modules/b",
                ".venv/c",
                "rust/Cargo.toml",
                "rust/target/d",
                "rust/src/target/e",
                "target/f",
            }
        )
        {
            tree.Write(name, "");
        }

        Assert.Equal(["rust/Cargo.toml", "rust/src/target/e", "target/f"], Walk());
        Assert.True(root.IsIgnored("rust/target/d".Disk()));

        tree.Write(".gitignore", "");
        Assert.Equal(8, Walk().Length);
    }

    [Fact]
    public void Codexignore_hides_and_gitignore_cannot_show_again()
    {
        tree.Write(".codexignore", "private/\n*.key\n");
        tree.Write(".gitignore", "out\n!private/\n");
        tree.Write("sub/.codexignore", "!public.key\n");
        foreach (var name in new[] { "private/a", "a.key", "sub/public.key", "sub/other.key", "out/x" })
        {
            tree.Write(name, "");
        }

        Assert.Equal([".codexignore", ".gitignore", "sub/.codexignore", "sub/public.key"], Walk());
        Assert.Equal(
            [true, true, false, true, false],
            new[] { "private/a", "a.key", "sub/public.key", "sub/other.key", "out/x" }.Select(name => root.IsHidden(name.Disk()))
        );
        Assert.True(root.IsIgnored("out/x".Disk()));
        Assert.True(root.IsIgnored("out/not/there".Disk()));
    }

    private static readonly string[] Files =
    [
        "a",
        "a.txt",
        "b/a",
        "b/a.txt",
        "b/c/a",
        "foo",
        "x/foo/bar",
        "y/foo",
        "a*b",
        "a]b",
        "deep/x/y/z.log",
        "z.log",
        "foo.c",
        "foo.d",
        "[a]",
        "!x",
        "#x",
        "sp ",
        "b/x y",
        "abc/def/ghi",
        "bin/x",
        "src/bin/x",
        "Foo",
        "dir.d/f",
        "tab\tx",
        "build/out/a.o",
        "src/build",
        "é",
        "a-b",
        "f^o",
    ];

    private static readonly string[] Patterns =
    [
        "a",
        "/a",
        "*.txt",
        "b/",
        "b/*",
        "b/**",
        "**/a",
        "**/foo/bar",
        "foo/**/bar",
        "foo/",
        "/foo",
        "x/foo",
        "*",
        "a\\*b",
        "a[]]b",
        "a[!x]b",
        "[a]",
        "\\[a\\]",
        "\\!x",
        "!x",
        "\\#x",
        "#x",
        "sp\\ ",
        "sp ",
        "deep/**/z.log",
        "*.[ch]",
        "foo.?",
        "abc/**/ghi",
        "bin",
        "bin/",
        "/bin/",
        "**/bin",
        "b/x y",
        "*/a",
        "foo*",
        "fo[a-z]",
        "f[[:alpha:]]o",
        "f[^[:alpha:]]o",
        "**",
        "**/",
        "/**/a",
        "d*/f",
        "abc/def",
        "abc/*/ghi",
        "dir.d",
        "foo/*",
        "**foo",
        "foo**",
        "[!a-f]oo",
        "[^a-f]oo",
        "!*.txt",
        "!b/",
        "!b/a",
        "!foo/",
        "*/",
        "/*",
        "!/b",
        "tab*",
        "a.txt\r",
        "[a",
        "a\\",
        "/",
        "//a",
        "b//a",
        "a[a-]b",
        "a[--.]b",
        "\\a",
        "build/",
        "!src/build",
        "*.o",
        "/**",
        "f[\\^]o",
        "[[:space:]]",
        "a/",
        "***",
        "a**/",
        "b/**/",
    ];

    [Fact]
    public void One_line_is_read_as_git_reads_it()
    {
        Files.ToList().ForEach(file => tree.Write(file, ""));
        tree.Run("git", ["init", "-q"]);
        foreach (var pattern in Patterns)
        {
            tree.Write(".gitignore", pattern + "\n");
            var judged = tree.Run("git", ["check-ignore", "-z", "--stdin", "--no-index"], string.Join('\0', Files) + "\0")
                .Split('\0', StringSplitOptions.RemoveEmptyEntries);

            Assert.Equal(
                (pattern, string.Join('|', Files.Where(judged.Contains))),
                (pattern, string.Join('|', Files.Where(file => root.IsIgnored(file.Disk()))))
            );
        }
    }

    [Fact]
    public void Any_ignore_files_are_read_as_git_reads_them()
    {
        Files.ToList().ForEach(file => tree.Write(file, ""));
        tree.Run("git", ["init", "-q"]);
        var lines = Gen.Int[0, Patterns.Length - 1].Select(at => Patterns[at]).Array[0, 6].Select(some => string.Join('\n', some));

        Gen.Select(lines, lines, lines, lines)
            .Holds(
                (top, b, deep, exclude) =>
                {
                    tree.Write(".gitignore", top);
                    tree.Write("b/.gitignore", b);
                    tree.Write("deep/x/.gitignore", deep);
                    tree.Write(".git/info/exclude", exclude);
                    var judged = tree.Run("git", ["ls-files", "-z", "-c", "-o", "--exclude-standard"])
                        .Split('\0', StringSplitOptions.RemoveEmptyEntries)
                        .Order(StringComparer.Ordinal);

                    Assert.Equal(judged, Walk());
                    Assert.Equal(Files.Where(file => !judged.Contains(file)), Files.Where(file => root.IsIgnored(file.Disk())));
                },
                few: 15,
                many: 60,
                threads: 1
            );
    }

    [Fact]
    public void A_hostile_line_costs_no_time()
    {
        tree.Write(
            ".gitignore",
            string.Concat(Enumerable.Repeat("*a", 60)) + "b\n" + string.Concat(Enumerable.Repeat("**/a/", 60)) + "b\n"
        );
        tree.Write(new string('a', 200), "");

        // Backtracking would take longer than this machine will live.
        Assert.Equal(2, Walk().Length);
    }

    [Fact]
    public void Names_that_are_no_text_are_told_and_left_out()
    {
        tree.Shell("printf x > \"$(printf 'bad\\377name')\"; printf x > good");
        List<string> skipped = [];

        Assert.Equal(["good"], root.WalkAll(new(Skipped: skipped.Add), Token).Names());
        Assert.Equal(["bad\uFFFDname"], skipped);
        Assert.Equal(["good"], root.List(WorkspacePath.Root).Names());
    }

    [Fact]
    public void Ten_thousand_files_are_walked()
    {
        tree.Write(".gitignore", string.Join('\n', Patterns.Where(pattern => pattern.Contains('.'))));
        for (var i = 0; i < 100; i++)
        {
            Directory.CreateDirectory(tree.At($"src/dir{i}"));
            for (var j = 0; j < 100; j++)
            {
                File.Create(tree.At($"src/dir{i}/file{j}.cs")).Dispose();
            }
        }

        Assert.Equal(10_001, Walk().Length);
    }

    private string[] Walk() => root.Walk(WorkspacePath.Root, Token).Names();
}

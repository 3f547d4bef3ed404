using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

public sealed class LinuxApplySpecs() : ApplySpecs(folder => LinuxJail.TryOpen(folder)!);

public sealed class FlaglessApplySpecs() : ApplySpecs(folder => LinuxJail.TryOpen(folder, knowsFlags: false)!);

public sealed class PlainApplySpecs() : ApplySpecs(folder => new PlainJail(folder));

/// <summary>Writing: all or nothing, byte for byte, never outside.</summary>
public abstract class ApplySpecs : IDisposable
{
    private readonly TreeFolder tree = new();
    private readonly WorkspaceRoot root;

    private protected ApplySpecs(Func<string, Jail> open) => root = WorkspaceRoot.Open(open(tree.Path));

    public void Dispose()
    {
        root.Dispose();
        tree.Dispose();
    }

    [Fact]
    public void Files_are_created_changed_and_deleted_at_once()
    {
        tree.Write("b", "old");
        tree.Write("c", "gone");

        root.Apply([Change("b", "old", "new"), Change("c", "gone", null), Change("new/deep/a", null, "made")]);

        Assert.Equal(("new", "made", false), (tree.Read("b"), tree.Read("new/deep/a"), File.Exists(tree.At("c"))));
        Assert.Equal(["b", "new", "new/deep", "new/deep/a"], Everything());
    }

    [Fact]
    public void Bytes_are_kept_as_they_are()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "a\r\nb\rc\n"u8, 0, 0xFF, 0x1A];

        root.Apply([new("mixed".Disk(), null, bytes)]);

        Assert.Equal(bytes, File.ReadAllBytes(tree.At("mixed")));
    }

    [Fact]
    public void Mode_bits_stay_and_new_files_get_what_the_umask_leaves()
    {
        tree.Write("run.sh", "1");
        tree.Shell("chmod 4751 run.sh; : > like-new");

        root.Apply([
            Change("run.sh", "1", "2"),
            Change("new", null, "#!/bin/sh"),
            new("exact".Disk(), null, [], (UnixFileMode)0b110_000_010),
        ]);

        Assert.Equal((UnixFileMode)0b100_111_101_001, root.Look("run.sh".Disk())!.Mode);
        Assert.Equal(root.Look("like-new".Disk())!.Mode, root.Look("new".Disk())!.Mode);
        Assert.Equal((UnixFileMode)0b110_000_010, root.Look("exact".Disk())!.Mode);
    }

    [Fact]
    public void A_link_stays_and_its_target_is_written()
    {
        tree.Write("dir/a", "old");
        tree.Link("link", "dir/a");
        tree.Link("folder", "dir");

        root.Apply([Change("link", "old", "new"), Change("folder/b", null, "beside")]);

        Assert.Equal(("dir/a", "new", "beside"), (new FileInfo(tree.At("link")).LinkTarget, tree.Read("dir/a"), tree.Read("dir/b")));
    }

    [Fact]
    public void A_deleted_link_leaves_its_target()
    {
        tree.Write("a", "1");
        tree.Link("link", "a");

        root.Apply([Change("link", "1", null)]);

        Assert.Equal(["a"], Everything());
    }

    [Fact]
    public void The_same_file_by_two_names_is_refused()
    {
        tree.Write("a", "1");
        tree.Link("link", "a");

        Assert.Equal("conflict", Asking.CodeOf(() => root.Apply([Change("a", "1", "2"), Change("link", "1", "3")])));
    }

    [Fact]
    public void A_hard_link_is_broken_and_the_other_name_keeps_its_bytes()
    {
        tree.Shell("ln ../outside/secret here");

        root.Apply([Change("here", "outside", "inside")]);

        Assert.Equal(("inside", "outside"), (tree.Read("here"), File.ReadAllText(Path.Join(tree.Outside, "secret"))));
    }

    [Theory]
    [InlineData("a", "other", "2", "conflict")]
    [InlineData("a", null, "2", "conflict")]
    [InlineData("missing", "1", "2", "conflict")]
    [InlineData("missing", "1", null, "conflict")]
    [InlineData("dangling", null, "2", "conflict")]
    [InlineData("dangling", "1", "2", "missing")]
    [InlineData("dir", null, "2", "kind")]
    [InlineData("a/b", null, "2", "kind")]
    [InlineData("pipe", "1", "2", "kind")]
    [InlineData(".", null, "2", "kind")]
    [InlineData("away", "outside", "2", "path")]
    [InlineData("away-folder/secret", "outside", "2", "path")]
    [InlineData("away-folder/new/file", null, "2", "path")]
    [InlineData(".git/hooks/pre-commit", null, "2", "path")]
    [InlineData("innocent/config", "[core]", "2", "path")]
    [InlineData("innocent-file", "[core]", "2", "path")]
    [InlineData(".codex-sidecar/config.json", null, "2", "path")]
    [InlineData("read-only", "1", "2", "io")]
    [InlineData("read-only", "1", null, "io")]
    public void What_cannot_be_written_is_refused_before_anything_is(string path, string? expected, string? text, string code)
    {
        tree.Write("a", "1");
        tree.Write("dir/x", "1");
        tree.Write(".git/config", "[core]");
        tree.Write("read-only", "1");
        tree.Link("dangling", "nowhere");
        tree.Link("away", "../outside/secret");
        tree.Link("away-folder", "../outside");
        tree.Link("innocent", ".git");
        tree.Link("innocent-file", ".git/config");
        tree.Shell("mkfifo pipe; chmod 444 read-only");
        var before = Everything();

        Assert.Equal(
            code,
            Asking.CodeOf(() => root.Apply([Change("first", null, "1"), Change(path, expected, text), Change("zlast", null, "1")]))
        );

        Assert.Equal(before, Everything());
        Assert.Equal(
            ("1", "outside", "[core]"),
            (tree.Read("a"), File.ReadAllText(Path.Join(tree.Outside, "secret")), tree.Read(".git/config"))
        );
    }

    [Fact]
    public void A_fault_at_any_step_leaves_everything_as_it_was()
    {
        Prepare();
        var before = Contents();
        var steps = Count(() => root.Apply(Batch()));
        Assert.InRange(steps, 15, 60);
        for (var fault = 0; fault < steps - 1; fault++) // the last one comes when all is done
        {
            Prepare();
            var step = 0;
            root.AtStep = _ => Throw(step++ == fault, new IOException("disk full"));

            Assert.ThrowsAny<IOException>(() => root.Apply(Batch()));

            Assert.Equal((fault, before), (fault, Contents()));
        }
    }

    [Fact]
    public void A_kill_at_any_step_leaves_each_file_before_or_after_and_nothing_else_that_is_shown()
    {
        Prepare();
        var before = Shown();
        var steps = Count(() => root.Apply(Batch()));
        var after = Shown();
        for (var kill = 0; kill < steps; kill++)
        {
            Prepare();
            var step = 0;
            root.AtStep = _ => Throw(step++ >= kill, new TimeoutException("killed"));

            Assert.Throws<TimeoutException>(() => root.Apply(Batch()));

            Assert.Subset(before.Concat(after).ToHashSet(), Shown().ToHashSet());
        }
    }

    [Fact]
    public void What_cannot_be_put_back_is_named_and_its_bytes_are_kept()
    {
        tree.Write("a", "original");
        tree.Write("b", "1");
        root.AtStep = step =>
        {
            if (step == "do PutFile b")
            {
                tree.Write("b", "somebody else's");
            }
            if (step == "undo swap a")
            {
                File.Delete(tree.At("a")); // now it cannot change places with the original again
            }
        };

        var fault = Assert.Throws<WorkspaceException>(() => root.Apply([Change("a", "original", "new"), Change("b", "1", "2")]));

        var left = Assert.Single(Everything(), name => name.EndsWith(".staged", StringComparison.Ordinal));
        Assert.Equal("original", tree.Read(left));
        Assert.Equal("io", fault.Code);
        Assert.StartsWith(
            "b was changed by somebody else meanwhile. What had been changed by then could not all be put back: ",
            fault.Message
        );
        Assert.EndsWith($": What a was before lies in {left}.", fault.Message);
    }

    [Theory]
    [InlineData("do PutFile dir/a")]
    [InlineData("stage PutFile dir/a")]
    [InlineData("do RemoveFile dir/b")]
    public void A_folder_swapped_for_a_link_to_outside_changes_nothing_there(string moment)
    {
        tree.Write("dir/a", "1");
        tree.Write("dir/b", "1");
        File.WriteAllText(Path.Join(tree.Outside, "a"), "1");
        File.WriteAllText(Path.Join(tree.Outside, "b"), "1");
        root.AtStep = step =>
        {
            if (step == moment)
            {
                Directory.Move(tree.At("dir"), tree.At("moved"));
                tree.Link("dir", "../outside");
            }
        };

        Assert.Equal("path", Asking.CodeOf(() => root.Apply([Change("dir/a", "1", "2"), Change("dir/b", "1", null)])));

        Assert.Equal(["a", "b", "secret"], Directory.GetFileSystemEntries(tree.Outside).Select(Path.GetFileName).Order());
        Assert.Equal(("1", "1"), (File.ReadAllText(Path.Join(tree.Outside, "a")), File.ReadAllText(Path.Join(tree.Outside, "b"))));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("new")]
    public void Somebody_who_writes_between_the_check_and_the_change_wins(string name)
    {
        tree.Write("a", "1");
        tree.Write("b", "1");
        root.AtStep = step =>
        {
            if (step.StartsWith("do ", StringComparison.Ordinal))
            {
                File.WriteAllText(tree.At(name), "theirs");
                root.AtStep = null;
            }
        };

        Assert.Equal(
            "conflict",
            Asking.CodeOf(() => root.Apply([Change("a", "1", "2"), Change("b", "1", null), Change("new", null, "ours")]))
        );

        Assert.Equal("theirs", tree.Read(name));
        Assert.Equal(("1", "1"), (name == "a" ? "1" : tree.Read("a"), name == "b" ? "1" : tree.Read("b")));
        Assert.Equal(name == "new" ? 3 : 2, Everything().Length);
    }

    private static void Throw(bool now, Exception fault)
    {
        if (now)
        {
            throw fault;
        }
    }

    private static FileWrite Change(string path, string? expected, string? text) =>
        new(
            path.Disk(),
            expected is null ? null : WorkspaceRoot.Hash(System.Text.Encoding.UTF8.GetBytes(expected)),
            text is null ? null : System.Text.Encoding.UTF8.GetBytes(text)
        );

    private static FileWrite[] Batch() =>
        [
            Change("a", "1", "one"),
            Change("dir/b", "2", "two"),
            Change("c", "3", null),
            Change("dir/d", "4", null),
            Change("new/deep/e", null, "five"),
            Change("f", null, "six"),
        ];

    private void Prepare()
    {
        root.AtStep = null;
        tree.Shell(
            "rm -rf ./* ./.codex-sidecar-*; mkdir dir; printf 1 > a; printf 2 > dir/b; printf 3 > c; printf 4 > dir/d; chmod 700 dir/b"
        );
    }

    private int Count(Action action)
    {
        var steps = 0;
        root.AtStep = _ => steps++;
        action();
        return steps;
    }

    private string[] Everything() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(tree.Path, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(tree.Path, path))
                .Order(StringComparer.Ordinal),
        ];

    private string Contents() =>
        string.Join(
            '\n',
            Everything().Select(path => File.Exists(tree.At(path)) ? $"{path}={tree.Read(path)} {root.Look(path.Disk())!.Mode}" : path)
        );

    private string[] Shown() =>
        [
            .. root.Walk(WorkspacePath.Root, TestContext.Current.CancellationToken)
                .Select(fact => $"{fact.Path}={tree.Read(fact.Path.Value)} {fact.Mode}"),
        ];
}

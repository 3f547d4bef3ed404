using CodexSidecar.Engine.Tests.Snapshots;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>The kernel is the judge: what our code writes it shows, and what it writes our code shows.</summary>
public sealed class LayeredTreeSpecs
{
    private static readonly string[] Names = ["a", "b", "d\ne", "é", "-x", ".y", "日本.txt", "sp ace"];

    private static readonly string[][] IgnoreFiles =
    [
        ["", ""],
        ["é/\n", ""],
        ["b\n!/a/b\n", "-x\n"],
        ["*.txt\n/-x/b\n", "d?e\nb/\n"],
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void After_any_edits_by_us_and_by_commands_the_kernel_and_we_show_the_same_tree()
    {
        LayersBench.NeedsOverlay();
        Gen.Int[0, Names.Length - 3]
            .SelectMany(first => Gen.Select(Some(first, 15, 40), Some(first, 4, 14)))
            .Select(Gen.Int, Gen.Int[0, IgnoreFiles.Length - 1], (edits, turns, ignore) => (edits.Item1, edits.Item2, turns, ignore))
            .Holds(
                (before, edits, turns, ignore) =>
                {
                    using var bench = new LayersBench();
                    Array.ForEach(before, edit => edit.Do(bench.Lower));
                    Ignore(bench.Lower, IgnoreFiles[ignore]);
                    var untouched = bench.LowerState();
                    using var workspace = WorkspaceRoot.Open(bench.Lower.Path);
                    for (var turn = 0; turn < edits.Length; turn++)
                    {
                        var isOurs = (turns >> turn & 1) == 0;
                        if (isOurs)
                        {
                            edits[turn].Do(bench.View);
                        }
                        var kernel = bench.OfKernel(isOurs ? "" : edits[turn].Script());

                        Assert.Equal(kernel, LayersBench.OfView(bench.View));
                        Assert.Equal(
                            Folders(workspace).Where(folder => kernel.GetValueOrDefault(folder.Value, "").StartsWith('d')),
                            Folders(workspace).Where(folder => Opens(bench.Layers, folder))
                        );
                        Assert.Empty(bench.Staged());
                        Assert.Equal(
                            Compared(workspace, bench),
                            LayerDifference.Of(bench.Layers, name => Assert.Fail(name), Token).Select(Text)
                        );
                    }
                    Assert.Equal(untouched, bench.LowerState());
                },
                few: 10,
                many: 400,
                threads: 2
            );
    }

    /// <summary>With three names only, so that edits meet.</summary>
    private static Gen<TreeEdit[]> Some(int firstName, int fewest, int most)
    {
        var path = Gen.Int[firstName, firstName + 2].Array[1, 3].Select(names => string.Join('/', names.Select(name => Names[name])));
        return Gen.Select(Gen.Int[0, 11], path, path, Gen.Byte.Array[0, 4], Gen.Int[0, 3])
            .Select((what, one, other, bytes, mode) => new TreeEdit(what, one, other, bytes, mode))
            .Array[fewest, most];
    }

    private static IEnumerable<WorkspacePath> Folders(WorkspaceRoot root) =>
        root.WalkAll(new(Git: false, Codex: false), Token).Where(fact => fact.Kind is EntryKind.Folder).Select(fact => fact.Path);

    private static bool Opens(Jail jail, WorkspacePath folder)
    {
        try
        {
            jail.In(folder, _ => { });
            return true;
        }
        catch (CallFailed)
        {
            return false;
        }
    }

    private static void Ignore(TreeFolder tree, string[] rules)
    {
        if (rules[0].Length > 0)
        {
            tree.Write(".gitignore", rules[0]);
        }
        if (rules[1].Length > 0 && new DirectoryInfo(tree.At("a")) is { Exists: true, LinkTarget: null })
        {
            tree.Write("a/.gitignore", rules[1]);
        }
    }

    /// <summary>Every path of both trees, each looked at by itself.</summary>
    private static string[] Compared(WorkspaceRoot lower, LayersBench bench)
    {
        var (before, after) = (Leaves(lower), Leaves(bench.View));
        return
        [
            .. before
                .Keys.Union(after.Keys)
                .Order(StringComparer.Ordinal)
                .Select(path => new LayerChange(path.Disk(), before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
                .Where(change => Content(lower, change.Before) != Content(bench.View, change.After))
                .Where(change => !IsOut(bench.Layers, change.Path) && !(change.After is null && IsOut(bench.Layers.Below, change.Path)))
                .Select(Text),
        ];
    }

    private static Dictionary<string, FileFact> Leaves(WorkspaceRoot root) =>
        root.WalkAll(new(Git: false, Codex: false), Token)
            .Where(fact => fact.Kind is not EntryKind.Folder)
            .ToDictionary(fact => fact.Path.Value, StringComparer.Ordinal);

    private static string Content(WorkspaceRoot root, FileFact? fact) =>
        fact is null ? "none"
        : fact.Kind is EntryKind.File ? $"{fact.Mode} {Convert.ToHexString(root.Read(fact.Path, 1 << 24))}"
        : $"{fact.Kind} {fact.LinkTarget}";

    /// <summary>By the ignore files of the folders on the way that are there, and are no links.</summary>
    private static bool IsOut(Jail jail, WorkspacePath path)
    {
        var (rules, folder, parts) = (IgnoreRules.Of(jail), WorkspacePath.Root, path.Value.Split('/'));
        for (var depth = 0; depth < parts.Length; depth++)
        {
            try
            {
                jail.In(folder, open => rules = rules.Enter(open, depth));
            }
            catch (CallFailed) { }
            if (rules.IsIgnored(parts.AsSpan(0, depth + 1), isFolder: depth < parts.Length - 1))
            {
                return true;
            }
            folder = folder.Child(parts[depth]);
        }
        return false;
    }

    private static string Text(LayerChange change) => $"{change.Path}: {Text(change.Before)}, {Text(change.After)}";

    private static string Text(FileFact? fact) =>
        fact is null ? "none" : $"{fact.Path} {fact.Kind} {fact.Size} {fact.Mode} {fact.Identity}";
}

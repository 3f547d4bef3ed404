using CodexSidecar.Engine.Tests.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>An edit of a tree as one batch of ours; what does not fit the tree is not done.</summary>
internal static class ViewEdit
{
    private static readonly int[] Modes = [0b110_100_100, 0b111_101_101, 0b110_000_000, 0b100_100_100];

    public static void Do(this TreeEdit edit, WorkspaceRoot root) => root.Run([.. Steps(edit, root)]);

    public static IEnumerable<BatchStep> RemoveTree(this WorkspaceRoot root, FileFact fact) =>
        fact.Kind is EntryKind.Folder
            ? [.. root.List(fact.Path).SelectMany(inside => RemoveTree(root, inside)), new RemoveFolder(fact.Path)]
            : [new RemoveFile(fact.Path, fact)];

    private static IEnumerable<BatchStep> Steps(TreeEdit edit, WorkspaceRoot root)
    {
        var (path, other) = (edit.Path.Disk(), edit.Other.Disk());
        var (old, there) = (Look(root, path), Look(root, other));
        return edit.What switch
        {
            3 when old?.Kind is not EntryKind.Folder => [.. Parents(root, path), new PutLink(path, old, edit.Other)],
            4 when old is null => [.. Parents(root, path), new MakeFolder(path)],
            5 when old is not null => root.RemoveTree(old),
            6 when old is { Kind: not EntryKind.Link } => [new SetMode(path, ModeOf(edit, old))],
            7 when old is not null && there?.Kind is not EntryKind.Folder && !IsBelow(other, path) && !IsBelow(path, other) =>
            [
                .. Parents(root, other),
                .. MoveTree(root, old, other, there),
            ],
            10 when old is null && there?.Kind is EntryKind.File => [.. Parents(root, path), Copy(root, there, path, null)],
            11 when old?.Kind is EntryKind.File => [new PutFile(path, old, With(root, path, "more\n"u8.ToArray()), null)],
            3 or 4 or 5 or 6 or 7 or 10 or 11 => [],
            _ when old?.Kind is EntryKind.Folder => [.. root.RemoveTree(old), Put(path, null, edit.Bytes)],
            _ => [.. Parents(root, path), Put(path, old, edit.Bytes)],
        };
    }

    private static PutFile Put(WorkspacePath path, FileFact? old, byte[] bytes) => new(path, old, () => new MemoryStream(bytes), null);

    private static PutFile Copy(WorkspaceRoot root, FileFact from, WorkspacePath to, FileFact? old) =>
        new(to, old, With(root, from.Path, []), from.Mode);

    private static Func<Stream> With(WorkspaceRoot root, WorkspacePath path, byte[] more)
    {
        byte[] bytes = [.. root.Read(path, 1 << 24), .. more];
        return () => new MemoryStream(bytes);
    }

    /// <summary>Missing folders are made, and a file or link in the place of one gives way.</summary>
    private static IEnumerable<BatchStep> Parents(WorkspaceRoot root, WorkspacePath path)
    {
        if (path.Parent.IsRoot)
        {
            return [];
        }
        var fact = Look(root, path.Parent);
        return fact switch
        {
            { Kind: EntryKind.Folder } => [],
            null => [.. Parents(root, path.Parent), new MakeFolder(path.Parent)],
            _ => [new RemoveFile(path.Parent, fact), new MakeFolder(path.Parent)],
        };
    }

    private static IEnumerable<BatchStep> MoveTree(WorkspaceRoot root, FileFact from, WorkspacePath to, FileFact? old) =>
        from.Kind switch
        {
            EntryKind.Folder =>
            [
                .. old is null ? (BatchStep[])[] : [new RemoveFile(to, old)],
                new MakeFolder(to, from.Mode),
                .. root.List(from.Path).SelectMany(inside => MoveTree(root, inside, to.Child(inside.Path.Name), null)),
                new RemoveFolder(from.Path),
            ],
            EntryKind.Link => [new RemoveFile(from.Path, from), new PutLink(to, old, from.LinkTarget!)],
            _ => [new RemoveFile(from.Path, from), Copy(root, from, to, old)],
        };

    private static UnixFileMode ModeOf(TreeEdit edit, FileFact old) =>
        (UnixFileMode)(Modes[edit.Mode] | (old.Kind is EntryKind.Folder ? 0b111_000_000 : 0));

    private static bool IsBelow(WorkspacePath path, WorkspacePath folder) =>
        (path.Value + "/").StartsWith(folder.Value + "/", StringComparison.Ordinal);

    /// <summary>Without following a link on the way: steps of a batch do not either.</summary>
    private static FileFact? Look(WorkspaceRoot root, WorkspacePath path) =>
        path.Parent.IsRoot || Look(root, path.Parent)?.Kind is EntryKind.Folder ? root.Look(path) : null;
}

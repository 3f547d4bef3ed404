using System.Text;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>What is at a path, as one text that is equal exactly when kind and content are (see <see cref="ChangedPath"/>).</summary>
internal static class PathStates
{
    public const string Folder = "folder",
        Special = "special",
        Unreadable = "unreadable";

    /// <summary>Of one file; a larger one is not stored.</summary>
    public const long MostBytes = 64L << 20;

    /// <summary>Of a file whose later changes can be told apart line by line.</summary>
    public const long MostText = 1 << 20;

    public static string OfLink(string target) => WorkspaceRoot.Hash(Encoding.UTF8.GetBytes("link to " + target));

    /// <summary>Of a file or link now; a folder counts as nothing, it has a path of its own.</summary>
    /// <param name="fact">Null: nothing is there.</param>
    public static string? Of(WorkspaceRoot root, FileFact? fact) =>
        fact switch
        {
            null or { Kind: EntryKind.Folder } => null,
            { Kind: EntryKind.Special } => Special,
            { LinkTarget: { } target } => OfLink(target),
            _ => OfFile(root, fact.Path),
        };

    /// <summary>By the exact path: when a folder on the way is a link by now, nothing is there.</summary>
    public static FileFact? Look(WorkspaceRoot root, WorkspacePath path)
    {
        try
        {
            return root.Place(path) == path ? root.Look(path) : null;
        }
        catch (WorkspaceException refused) when (refused.Code is "path" or "missing")
        {
            return null;
        }
    }

    /// <summary>The names on disk of what a path may stand for: of a link itself, and of what it leads to.</summary>
    public static IEnumerable<WorkspacePath> Names(WorkspaceRoot root, WorkspacePath path)
    {
        var place = root.Place(path);
        yield return place;
        if (root.Look(place) is { Kind: EntryKind.Link } && Follow(root, place) is { } target)
        {
            yield return target;
        }
    }

    /// <summary>Null: the link leads outside or nowhere, so nobody can write there.</summary>
    public static WorkspacePath? Follow(WorkspaceRoot root, WorkspacePath link)
    {
        try
        {
            return root.Resolve(link);
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private static string? OfFile(WorkspaceRoot root, WorkspacePath path)
    {
        try
        {
            return BlobStore.Hash(root.OpenHandle(path));
        }
        catch (WorkspaceException gone) when (gone.Code is "missing")
        {
            return null;
        }
        catch (Exception fault) when (fault is WorkspaceException or IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }
}

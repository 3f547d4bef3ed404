using System.Text;
using CodexSidecar.Engine.Tests.Workspace;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>Everything below a folder as one text: kinds, modes, link targets, bytes, empty folders.</summary>
internal static class TreeState
{
    public static string State(this TreeFolder tree)
    {
        var text = new StringBuilder();
        foreach (
            var path in Directory
                .EnumerateFileSystemEntries(tree.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Order(StringComparer.Ordinal)
        )
        {
            var entry = new FileInfo(path);
            var content =
                entry.LinkTarget is { } target ? "-> " + target
                : entry.Exists ? Convert.ToHexString(File.ReadAllBytes(path))
                : "folder";
            text.AppendLine($"{Path.GetRelativePath(tree.Path, path)} {(entry.LinkTarget is null ? entry.UnixFileMode : 0)} {content}");
        }
        return text.ToString();
    }
}

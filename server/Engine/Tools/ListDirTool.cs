using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>The entries of one folder: folders end in a slash, files have their size, what git ignores is marked. Names only, also of
/// secrets.</summary>
internal sealed class ListDirTool : IOwnTool
{
    private const int MostEntries = 2_000,
        MostChars = ToolText.MostChars - 200;

    public const string ToolName = "list_dir";

    public ToolDescriptor Descriptor { get; } =
        new(
            ToolName,
            ToolKind.Search,
            "List a folder",
            "The entries of one folder: folders end in a slash, files have their size, what git ignores is marked."
        )
        {
            Usage = """list_dir {"path":"src"}""",
            Input = [new("path", ToolMemberType.Text, "Relative to the workspace, with /; default: the workspace itself")],
            Subject = "path",
            CallTitle = input => $"List {TitleText.Field(input, "path")}",
            Example = """{"path":"."}""",
            ReadsOnly = true,
        };

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken)
    {
        var path = new ToolInput(this, input).OptionalText("path") is { Length: > 0 } text
            ? ToolPath.Parse(context.Root, text)
            : WorkspacePath.Root;
        return new(ToolName, input, [new(ActionKind.Read, path.Value)], [], running => Task.FromResult(List(context.Root, path, running)));
    }

    private static ToolResult List(WorkspaceRoot root, WorkspacePath path, CancellationToken cancellationToken)
    {
        if (root.Look(path) is { Kind: EntryKind.File })
        {
            throw new WorkspaceException("kind", $"{path.Shown} is a file; use {ReadFileTool.ToolName}.");
        }
        var entries = root.List(path);
        // Once a folder: for each entry alone all ignore files on the way would be read again.
        var ignored = root.Ignored(path, entries);
        var text = new StringBuilder();
        var shown = 0;
        foreach (var entry in entries.Take(MostEntries))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var line = Line(entry, ignored.Contains(entry.Path));
            if (text.Length + line.Length >= MostChars)
            {
                break;
            }
            text.Append(line).Append('\n');
            shown++;
        }
        var left = entries.Count - shown;
        text.Append(
            entries.Count == 0 ? "[empty]\n"
            : left > 0
                ? $"[{left} of {entries.Count} entries left out; list a folder below it, or search for text in its files with globs]\n"
            : ""
        );
        return new(true, ToolText.ForModel(text.ToString(), int.MaxValue), $"{entries.Count} entries");
    }

    private static string Line(FileFact entry, bool isIgnored)
    {
        var name = WorkspacePath.OfDisk(entry.Path.Name).Shown;
        var kind = entry.Kind switch
        {
            EntryKind.Folder => $"{name}/",
            EntryKind.Link => $"{name} -> {WorkspacePath.OfDisk("x").Child(entry.LinkTarget ?? "").Shown[2..]}",
            EntryKind.Special => $"{name} (no file)",
            _ => $"{name} {entry.Size}",
        };
        return isIgnored ? $"{kind} (ignored)" : kind;
    }
}

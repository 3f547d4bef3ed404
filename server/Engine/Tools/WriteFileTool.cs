using System.Text.Json;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>Writes a whole file, or lays a patch over one or more files. Line ends, encoding and mode of a file that exists stay as they are.</summary>
internal sealed class WriteFileTool : ITool
{
    private const int MostFeedback = 6_000;

    public string Name => "write_file";

    public string? Usage(bool readOnly) => readOnly ? null : """write_file {"path":"src/a.cs","content":"...","mode":"overwrite|patch"} (patch: content is a diff or SEARCH/REPLACE blocks)""";

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input)
    {
        var fields = new ToolInput(this, input);
        var path = WorkspacePath.Parse(fields.Text("path"));
        var content = fields.Text("content");
        var mode = fields.OptionalText("mode") ?? "overwrite";
        var parsed = mode switch
        {
            "overwrite" => new ParsedPatch([new WriteBlock(1, path.Value, content)], [], []),
            "patch" => Parse(path, content),
            _ => throw fields.Wrong("\"mode\" is overwrite or patch"),
        };
        var plan = Plan(context.Root, parsed, mayDelete: mode == "overwrite");
        var apply = RunActions.Apply(context, plan);
        var actions = plan.Files.SelectMany(file => FileActions.Write(context.Root, file, mode == "patch" ? ActionKind.ChangeFile : ActionKind.OverwriteFile));
        return new(Name, input, plan.IsEmpty ? [new(ActionKind.Read, path.Value, "nothing would change")] : [.. actions], apply.Writes, async cancellationToken => Tell(await apply.Run(cancellationToken), plan));
    }

    private static ToolResult Tell(AppliedPatch applied, PatchPlan plan)
    {
        var files = string.Concat(applied.Files.Select(file => $"{file.Path} {LevelPolicy.Name(file.Change)}, +{file.Added} -{file.Removed}\n"));
        var notes = string.Concat(plan.Notes.Select(note => $"{note}\n"));
        return new(true, ToolText.ForModel(applied.Files.Count == 0 ? $"[nothing to change: the file is like that already]\n{notes}" : files + notes), ((IToolResult)applied).Summary, Record: ((IToolResult)applied).Record);
    }

    /// <summary>A patch names its files itself; SEARCH/REPLACE blocks without a name are about the path of the call.</summary>
    private static ParsedPatch Parse(WorkspacePath path, string content)
    {
        var patch = PatchParser.ParsePatch(content);
        if (patch.Blocks.Count > 0 || !content.Contains("<<<<<<<", StringComparison.Ordinal))
        {
            return patch;
        }
        var reply = PatchParser.ParseReply(content, complete: true);
        var named = reply.Blocks.Any(block => block.Path.Length > 0) ? reply : PatchParser.ParseReply($"{path.Value}\n{content}", complete: true);
        return named with { Blocks = [.. named.Blocks.Select(block => block.Path.Length == 0 ? block with { Path = path.Value } : block)] };
    }

    private static PatchPlan Plan(WorkspaceRoot root, ParsedPatch parsed, bool mayDelete)
    {
        var workspace = new PatchBase([.. root.Walk(WorkspacePath.Root, CancellationToken.None).Select(file => file.Path.Value).Where(path => !SecretNames.Covers(path))], path => Read(root, path));
        var plan = PatchPlanner.Plan(parsed, workspace, null, new PlanOptions(mayDelete));
        return plan.Refusals.Count == 0 ? plan : throw new ToolInputException(PatchFeedback.Write(plan, workspace, MostFeedback));
    }

    /// <summary>A patch of a secret file could be used to ask for its content word by word.</summary>
    private static byte[]? Read(WorkspaceRoot root, string name)
    {
        var path = WorkspacePath.Parse(name);
        if (path.IsReserved)
        {
            throw new WorkspaceException("path", $"{path.Shown} is git's or the sidecar's own; nobody writes there.");
        }
        if (root.Look(path) is null)
        {
            return null;
        }
        return FileActions.Hides(root, path) is { } why ? throw new WorkspaceException("path", $"{why}; it is not changed by tools.") : root.Read(path, 1 << 20);
    }
}

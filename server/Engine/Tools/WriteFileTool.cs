using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Patching.Parsing;
using CodexSidecar.Engine.Patching.Staging;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>Writes a whole file, or lays a patch over one or more files. Line ends, encoding and mode of a file that exists stay as they
/// are.</summary>
internal sealed class WriteFileTool : IOwnTool
{
    private const int MostFeedback = 6_000;

    public const string ToolName = "write_file";

    public ToolDescriptor Descriptor { get; } =
        new(
            ToolName,
            ToolKind.Write,
            "Write a file",
            "Writes a whole file, or lays a patch (a unified diff or SEARCH/REPLACE blocks) over one or more files. "
                + "Line ends and encoding of a file that exists stay."
        )
        {
            Usage =
                """write_file {"path":"src/a.cs","content":"...","mode":"overwrite|patch"} """
                + "(patch: content is a diff or SEARCH/REPLACE blocks)",
            Input =
            [
                new("path", ToolMemberType.Text, "Relative to the workspace, with /") { IsRequired = true },
                new("content", ToolMemberType.Text, "The whole text, or the patch") { IsRequired = true },
                new("mode", ToolMemberType.Text, "Default: overwrite") { OneOf = ["overwrite", "patch"] },
            ],
            Subject = "path",
            CallTitle = input => $"Write {TitleText.Field(input, "path")}",
            Example = """{"path":"notes/hello.txt","content":"hello\n","mode":"overwrite"}""",
        };

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken)
    {
        var fields = new ToolInput(this, input);
        var path = Path(context.Root, fields.Text("path"));
        var content = fields.Text("content");
        var mode = fields.OptionalText("mode") ?? "overwrite";
        var parsed = mode switch
        {
            "overwrite" => new ParsedPatch([new WriteBlock(1, path.Value, content)], [], []),
            "patch" => Parse(path, content),
            _ => throw fields.Wrong("\"mode\" is overwrite or patch"),
        };
        var plan = Plan(context.Root, parsed, path, whole: mode == "overwrite", cancellationToken);
        var apply = RunActions.Apply(context, plan);
        var actions = plan.Files.SelectMany(file =>
            FileActions.Write(context.Root, file, mode == "patch" ? ActionKind.ChangeFile : ActionKind.OverwriteFile)
        );
        return new(
            ToolName,
            input,
            plan.IsEmpty ? [new(ActionKind.Read, path.Value, "nothing would change")] : [.. actions],
            apply.Writes,
            async running => Tell(await apply.Run(running), plan)
        );
    }

    private static ToolResult Tell(AppliedPatch applied, PatchPlan plan)
    {
        var files = string.Concat(applied.Files.Select(file => $"{file.Path} {Wire.Name(file.Change)}, +{file.Added} -{file.Removed}\n"));
        var notes = string.Concat(plan.Notes.Select(note => $"{note}\n"));
        return new(
            true,
            ToolText.ForModel(applied.Files.Count == 0 ? $"[nothing to change: the file is like that already]\n{notes}" : files + notes),
            ((IToolResult)applied).Summary,
            Record: ((IToolResult)applied).Record
        )
        {
            Facts = applied.Facts,
        };
    }

    /// <summary>What is judged is what is written: nothing is taken off the path of a call.</summary>
    private static WorkspacePath Path(WorkspaceRoot root, string written) =>
        PatchPath.NamesFolder(written)
            ? throw new WorkspaceException("path", $"The path '{PatchPath.Shown(written)}' is refused: it names a folder.")
            : ToolPath.Parse(root, written);

    /// <summary>A patch names its files itself; SEARCH/REPLACE blocks without a name are about the path of the call.</summary>
    private static ParsedPatch Parse(WorkspacePath path, string content)
    {
        var patch = PatchParser.ParsePatch(content);
        if (patch.Blocks.Count > 0 || !content.Contains("<<<<<<<", StringComparison.Ordinal))
        {
            return patch;
        }
        var reply = PatchParser.ParseReply(content, complete: true);
        var named = reply.Blocks.Any(block => block.Path.Length > 0)
            ? reply
            : PatchParser.ParseReply($"{path.Value}\n{content}", complete: true);
        return named with { Blocks = [.. named.Blocks.Select(block => block.Path.Length == 0 ? block with { Path = path.Value } : block)] };
    }

    /// <param name="whole">One known file: the workspace need not be walked to find it, and how much of it goes is the caller's
    /// business.</param>
    private static PatchPlan Plan(
        WorkspaceRoot root,
        ParsedPatch parsed,
        WorkspacePath path,
        bool whole,
        CancellationToken cancellationToken
    )
    {
        var workspace = FileActions.Planning(
            root,
            !whole ? root.Files(cancellationToken)
                : root.Look(path) is not null ? [path.Value]
                // A path with rubbish behind it is told by the file it begins with.
                : [.. PatchPath.Stems(path.Value).Where(stem => PathList.IsIn(root, stem))]
        );
        var plan = PatchPlanner.Plan(parsed, workspace, null, new PlanOptions(MayDelete: whole));
        if (plan.Refusals.Count == 0 || (plan.IsEmpty && plan.Refusals.All(refusal => refusal.Code == "no_change")))
        {
            return plan;
        }
        var why = whole
            ? string.Join('\n', plan.Refusals.Select(refusal => refusal.Message))
            : PatchFeedback.Write(plan, workspace, MostFeedback);
        // A path that may not be written is a no; a patch that can be read and does not fit is about the file, not about the call.
        throw plan.Refusals.Any(refusal => refusal.Code == "path") ? new WorkspaceException("path", why)
        : plan.Refusals.Any(refusal => refusal.Code is "malformed" or "cut") ? new ToolInputException(why)
        : new WorkspaceException(plan.Refusals.Any(refusal => refusal.Code == "size") ? "size" : "conflict", why);
    }
}

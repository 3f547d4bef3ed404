using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Tools;
using ModelContextProtocol.Protocol;

namespace CodexSidecar.Faces.Mcp;

/// <summary>What a client is told of the tools: names, what they are for, their input and what they can do to the workspace.</summary>
internal static class McpTools
{
    public const string ServerName = "codex-sidecar",
        Solve = "solve_task";

    public const string Instructions =
        "Tools of a coding agent for one workspace. Paths are relative to it, with /. Each call is judged by the level the user "
        + "chose, written to an audit log, and what it changed can be undone. "
        + "A refusal says why; do not try it again in another form. solve_task hands a whole task to the agent, which plans, votes, "
        + "patches and tests by itself with the user's own model; that takes minutes.";

    public static Implementation Server { get; } =
        new()
        {
            Name = ServerName,
            Title = "Codex Sidecar",
            Version = typeof(McpTools).Assembly.GetName().Version?.ToString(3) ?? "0",
        };

    public static IReadOnlyList<Tool> All { get; } = [.. ToolEntrance.Tools.Select(OwnTool), SolveTool()];

    public static bool Has(string name) => All.Any(tool => tool.Name == name);

    private static Tool OwnTool(ToolDescriptor tool) =>
        new()
        {
            Name = tool.Name,
            Title = tool.Title,
            Description = tool.Purpose,
            InputSchema = tool.Schema,
            OutputSchema = Json(McpMapping.AnswerSchema),
            Annotations = Hints(tool.Title, tool.ReadsOnly),
        };

    private static Tool SolveTool() =>
        new()
        {
            Name = Solve,
            Title = "Solve a task",
            Description =
                "Hands a whole task to the agent: analysis, plan, votes of six roles, patch, tests, report. "
                + "Takes minutes; send a progress token to hear how far it is. Tests that stay red put the files back.",
            InputSchema = ToolMember.Schema([
                new("task", ToolMemberType.Text, "What is wanted, in plain words") { IsRequired = true },
                new("files", ToolMemberType.Texts, "Paths the task is about, if known"),
                new(
                    "level",
                    ToolMemberType.Text,
                    "Less than the user chose; more than that is not given. read_only: only the plan and the votes"
                )
                {
                    OneOf = [.. Enum.GetValues<Level>().Select(Wire.Name)],
                },
            ]),
            OutputSchema = Json(McpMapping.SolvedSchema),
            Annotations = Hints("Solve a task", readsOnly: false),
        };

    private static ToolAnnotations Hints(string title, bool readsOnly) =>
        new()
        {
            Title = title,
            ReadOnlyHint = readsOnly,
            DestructiveHint = !readsOnly,
            IdempotentHint = readsOnly,
            OpenWorldHint = false,
        };

    private static JsonElement Json(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}

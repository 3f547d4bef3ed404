using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace CodexSidecar.Faces.Mcp;

/// <summary>What a client is told of the tools: names, what they are for, their input and what they can do to the workspace.</summary>
internal static class McpTools
{
    public const string ServerName = "codex-sidecar", Solve = "solve_task";

    public const string Instructions =
        "Tools of a coding agent for one workspace. Paths are relative to it, with /. Each call is judged by the level the user chose, written to an audit log, and what it changed can be undone. " +
        "A refusal says why; do not try it again in another form. solve_task hands a whole task to the agent, which plans, votes, patches and tests by itself with the user's own model; that takes minutes.";

    private const string Path = """{"type":"string","description":"Relative to the workspace, with /"}""";

    public static Implementation Server { get; } = new() { Name = ServerName, Title = "Codex Sidecar", Version = typeof(McpTools).Assembly.GetName().Version?.ToString(3) ?? "0" };

    public static IReadOnlyList<Tool> All { get; } =
    [
        Reading("read_file", "Read a file", "A file as text, whole or some lines of it; secrets are replaced, a cut is said.", ["path"],
            ("path", Path), ("lines", """{"type":"string","description":"Such as 10-40, from 1; without it the whole file"}""")),
        Changing("write_file", "Write a file", "Writes a whole file, or lays a patch (a unified diff or SEARCH/REPLACE blocks) over one or more files. Line ends and encoding of a file that exists stay.", ["path", "content"],
            ("path", Path), ("content", """{"type":"string","description":"The whole text, or the patch"}"""),
            ("mode", """{"type":"string","enum":["overwrite","patch"],"description":"Default: overwrite"}""")),
        Reading("list_dir", "List a folder", "The entries of one folder: folders end in a slash, files have their size, what git ignores is marked.", [],
            ("path", """{"type":"string","description":"Relative to the workspace, with /; default: the workspace itself"}""")),
        Reading("search", "Search", "Finds text in the files that are not ignored: path:line: text.", ["query"],
            ("query", """{"type":"string","description":"One line of text, or a regular expression"}"""),
            ("path", """{"type":"string","description":"The folder to search; default: the workspace"}"""),
            ("globs", """{"type":"array","items":{"type":"string"},"description":"Such as *.cs; with ! in front: not these"}"""),
            ("regex", """{"type":"boolean","description":"The query is a regular expression; default: false"}""")),
        Changing("git", "Git", "What a task needs of git: status, diff, log, show, blame, branch only look; commit (paths, message), checkout and a new branch (name), and stash need level 3.", ["cmd"],
            ("cmd", """{"type":"string","enum":["status","diff","log","show","blame","branch","commit","checkout","stash"]}"""),
            ("paths", """{"type":"array","items":{"type":"string"},"description":"For diff, log and blame (one), and what a commit takes"}"""),
            ("staged", """{"type":"boolean","description":"diff: of what is staged"}"""),
            ("most", """{"type":"integer","description":"log: how many, default 20"}"""),
            ("revision", """{"type":"string","description":"show: which, default HEAD"}"""),
            ("message", """{"type":"string","description":"Of the commit or stash"}"""),
            ("name", """{"type":"string","description":"Of the branch"}"""),
            ("pop", """{"type":"boolean","description":"stash: take back the last one"}""")),
        Changing("shell", "Run a command", "Runs one command line in the workspace, in a sandbox without network. Level 2 allows the project's own tests and commands that only read.", ["command"],
            ("command", """{"type":"string","description":"Such as npm test"}""")),
        Changing(Solve, "Solve a task", "Hands a whole task to the agent: analysis, plan, votes of six roles, patch, tests, report. Takes minutes; send a progress token to hear how far it is. Tests that stay red put the files back.", ["task"],
            ("task", """{"type":"string","description":"What is wanted, in plain words"}"""),
            ("files", """{"type":"array","items":{"type":"string"},"description":"Paths the task is about, if known"}"""),
            ("level", """{"type":"string","enum":["read_only","safe_write","run_tests","git_commit","extended_shell"],"description":"Less than the user chose; more than that is not given. read_only: only the plan and the votes"}""")),
    ];

    public static bool Has(string name) => All.Any(tool => tool.Name == name);

    private static Tool Reading(string name, string title, string what, string[] required, params ReadOnlySpan<(string Name, string Schema)> members) =>
        Of(name, title, what, required, members, new() { Title = title, ReadOnlyHint = true, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false });

    private static Tool Changing(string name, string title, string what, string[] required, params ReadOnlySpan<(string Name, string Schema)> members) =>
        Of(name, title, what, required, members, new() { Title = title, ReadOnlyHint = false, DestructiveHint = true, IdempotentHint = false, OpenWorldHint = false });

    private static Tool Of(string name, string title, string what, string[] required, ReadOnlySpan<(string Name, string Schema)> members, ToolAnnotations annotations)
    {
        List<string> properties = [];
        foreach (var (member, schema) in members)
            properties.Add($"\"{member}\":{schema}");
        var needed = required.Length == 0 ? "" : $",\"required\":[{string.Join(',', required.Select(member => $"\"{member}\""))}]";
        return new()
        {
            Name = name,
            Title = title,
            Description = what,
            InputSchema = Json($$"""{"type":"object","properties":{{{string.Join(',', properties)}}}{{needed}},"additionalProperties":false}"""),
            OutputSchema = Json(name == Solve ? McpMapping.SolvedSchema : McpMapping.AnswerSchema),
            Annotations = annotations,
        };
    }

    private static JsonElement Json(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}

using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>A workspace with a runner, and everything the runner says to anybody.</summary>
internal sealed class ToolFolder : IDisposable
{
    private readonly WorkspaceRoot root;
    private ToolRunner? runner;

    public ToolFolder(TreeFolder? tree = null)
    {
        Tree = tree ?? new();
        root = WorkspaceRoot.Open(Tree.Path);
        Audit = new(Tree.Store, TimeProvider.System);
        Context = new()
        {
            RunId = "r1",
            Root = root,
            Commands = new(Sandbox.WithoutAny(Tree.Path, "for the test"), TimeProvider.System),
            Sandbox = SandboxKind.Bubblewrap,
            Audit = Audit,
            Time = TimeProvider.System,
            Caller = new("test 1.0", "cli"),
            Level = () => Level,
            Emit = Events.Add,
            Ask = (question, _) =>
            {
                Questions.Add(question);
                return Task.FromResult(Answer(question));
            },
            BeforeWrite = (paths, _) =>
            {
                var onDisk = paths.Select(path => root.Look(path) is null ? "nothing" : Tree.Read(path.Value).Trim());
                Steps.Add($"snapshot {string.Join(' ', paths)}; on disk: {string.Join(' ', onDisk)}");
                return Task.CompletedTask;
            },
        };
    }

    public TreeFolder Tree { get; }
    public AuditLog Audit { get; }
    public ToolContext Context { get; set; }
    public Level Level { get; set; } = Level.RunTests;
    public Func<PermissionAsked, Answer> Answer { get; set; } = _ => new(true, AnsweredBy.User);
    public List<RunEvent> Events { get; } = [];
    public List<PermissionAsked> Questions { get; } = [];
    public List<string> Steps { get; } = [];
    public ToolRunner Runner => runner ??= new(Context);

    public Task<ToolResult> RunAsync(string tool, string input)
    {
        using var document = JsonDocument.Parse(input);
        return Runner.RunAsync(tool, document.RootElement.Clone(), TestContext.Current.CancellationToken);
    }

    public async Task<string> TextAsync(string tool, string input) => (await RunAsync(tool, input)).Text;

    public Task<ToolResult> ShellAsync(string command) => RunAsync("shell", $$"""{"command":{{JsonSerializer.Serialize(command)}}}""");

    public Task<ToolResult> WriteAsync(string path, string content, string mode = "overwrite") =>
        RunAsync(
            "write_file",
            $$"""{"path":{{JsonSerializer.Serialize(path)}},"content":{{JsonSerializer.Serialize(content)}},"mode":"{{mode}}"}"""
        );

    /// <summary>Phase, tool, subject, decision and result of each line.</summary>
    public IReadOnlyList<string> AuditLines() =>
        [
            .. Audit
                .Read("r1")
                .Select(entry =>
                    $"{entry.Phase} {entry.Tool} {entry.Subject}: {entry.Decision}{(entry.Result is null ? "" : $" {entry.Result}")}"
                ),
        ];

    public string Told() => string.Join('\n', Events.Select(happened => JsonSerializer.Serialize(happened, ContractJson.Wire.RunEvent)));

    public void Dispose()
    {
        root.Dispose();
        Tree.Dispose();
    }
}

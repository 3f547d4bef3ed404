using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>
/// A command line. One plain command runs without a shell, and a git command that only looks runs without git. Several joined ones go to
/// <c>sh</c> as they are: the grammar has proved that it will see the same words we judged. What is not proved got there by the user's
/// word.
/// </summary>
internal sealed class ShellTool : IOwnTool
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(120),
        ForTests = TimeSpan.FromSeconds(600);

    public const string ToolName = "shell";

    public ToolDescriptor Descriptor { get; } =
        new(
            ToolName,
            ToolKind.Run,
            "Run a command",
            "Runs one command line in the workspace, in a sandbox without network. "
                + "Level 2 allows the project's own tests and commands that only read."
        )
        {
            Usage = """shell {"command":"npm test"}""",
            Input = [new("command", ToolMemberType.Text, "Such as npm test") { IsRequired = true }],
            Subject = "command",
            CallTitle = input => $"Run {TitleText.Field(input, "command", "argv")}",
            Example = """{"command":"ls"}""",
            StartsProcess = true,
        };

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken)
    {
        var text = new ToolInput(this, input).Text("command").Trim();
        var proved = CommandGrammar.TryParse(text, out var segments, out _);
        var judged = Judge(context.Root, text, CommandJudge.Judge(text, context.TestCommand));
        if (proved && segments.Count == 1 && LooksInGit(context.Root, judged) is { } call)
        {
            return new(ToolName, input, judged, [], async running =>
                await GitTool.ReadAsync(context.Root, call, running) with
                {
                    ExitCode = 0,
                }
            );
        }
        var limit = judged.Any(action => action.Kind is ActionKind.RunTests) ? ForTests : Usual;
        var spec = new CommandSpec(proved && segments.Count == 1 ? segments[0] : ["/bin/sh", "-c", text], context.Root.Folder, limit);
        var onlyReads = judged.All(action => action.Kind is ActionKind.ReadOnlyCommand or ActionKind.GitRead);
        return new(ToolName, input, judged, [], async running =>
        {
            var hidden = onlyReads ? SecretFiles.Find(context.Root, running) : spec.Hidden;
            return Tell(await context.Commands.RunAsync(spec with { Hidden = hidden }, null, running), spec);
        });
    }

    /// <summary>What Policy is asked about a command; also for who only wants to know.</summary>
    /// <param name="actions">From <see cref="CommandJudge"/>.</param>
    public static IReadOnlyList<PolicyAction> Judge(WorkspaceRoot root, string text, IReadOnlyList<PolicyAction> actions) =>
        [
            .. OfGit(root, text, actions),
            .. LinksOut(root, actions)
                .Select(word => new PolicyAction(ActionKind.AnyCommand, text, $"{word} leads out of the workspace by a link")),
        ];

    /// <summary>Words of commands that only look which name something outside. A link inside a folder is no danger: no such command follows
    /// it.</summary>
    private static IEnumerable<string> LinksOut(WorkspaceRoot root, IReadOnlyList<PolicyAction> actions)
    {
        var commands = actions.Where(action => action.Kind is ActionKind.ReadOnlyCommand).SelectMany(action => action.Commands);
        return commands.SelectMany(argv => argv.Skip(1)).SelectMany(word => word.Split('=')).Distinct().Where(root.LeadsOut);
    }

    private static IReadOnlyList<PolicyAction> OfGit(WorkspaceRoot root, string text, IReadOnlyList<PolicyAction> actions) =>
        LooksInGit(root, actions) is not null || !actions.Any(action => action.Kind is ActionKind.GitRead)
            ? actions
            // Here git is a program, and one that starts what the repository configures: it needs what other programs need.
            : [.. actions, new(ActionKind.ReadOnlyCommand, text, "git would run as a program here; the git tool does not need that")];

    /// <summary>Null: it is more than one look that this process can take itself.</summary>
    private static GitCall? LooksInGit(WorkspaceRoot root, IReadOnlyList<PolicyAction> actions) =>
        actions is [{ Kind: ActionKind.GitRead, Argv: { } argv }] ? GitCall.TryRead(root, argv) : null;

    private static ToolResult Tell(CommandResult result, CommandSpec spec)
    {
        var ran = new RanCommand(result, spec);
        var end = result.TimedOut ? $"[killed: it took longer than {spec.Timeout.TotalSeconds} seconds]" : $"[{ran.Summary}]";
        var output = ToolText.ForModel(result.Output);
        return new(
            ran.Ok,
            $"{output}{(output.Length == 0 || output.EndsWith('\n') ? "" : "\n")}{end}",
            ran.Summary,
            ran.ExitCode,
            ran.Record
        )
        {
            Facts = ran.Facts,
        };
    }
}

using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>What a task needs of git, through the library: nothing a repository configures is started.</summary>
internal sealed class GitTool : IOwnTool
{
    private const string Reading = "status|diff|log|show|blame|branch",
        Changing = "commit|checkout|stash";
    private const string Looked = "\"paths\":[\"src/a.cs\"],\"staged\":false,\"revision\":\"HEAD~1\"";

    public const string ToolName = "git";

    public ToolDescriptor Descriptor { get; } =
        new(
            ToolName,
            ToolKind.Run,
            "Git",
            "What a task needs of git: status, diff, log, show, blame, branch only look; "
                + "commit (paths, message), checkout and a new branch (name), and stash need level 3."
        )
        {
            Usage =
                $$"""git {"cmd":"{{Reading}}|{{Changing}}",{{Looked}},"message":"...","name":"feature","pop":false} """
                + "(only cmd needed; commit: paths, message; checkout, new branch: name)",
            ReadOnlyUsage = $$"""git {"cmd":"{{Reading}}",{{Looked}}} (only cmd needed)""",
            Input =
            [
                new("cmd", ToolMemberType.Text, null) { IsRequired = true, OneOf = $"{Reading}|{Changing}".Split('|') },
                new("paths", ToolMemberType.Texts, "For diff, log and blame (one), and what a commit takes"),
                new("staged", ToolMemberType.Flag, "diff: of what is staged"),
                new("most", ToolMemberType.Number, "log: how many, default 20"),
                new("revision", ToolMemberType.Text, "show: which, default HEAD"),
                new("message", ToolMemberType.Text, "Of the commit or stash"),
                new("name", ToolMemberType.Text, "Of the branch"),
                new("pop", ToolMemberType.Flag, "stash: take back the last one"),
            ],
            Subject = "cmd",
            CallTitle = input =>
                TitleText.FirstLine(
                    $"git {TitleText.Field(input, "cmd")} {TitleText.Field(input, "paths", "path", "revision", "name")}".TrimEnd()
                ),
            Example = """{"cmd":"status"}""",
            IsUndoneByGit = true,
        };

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken)
    {
        var fields = new ToolInput(this, input);
        var command = fields.Text("cmd").Trim();
        string[] named = [.. fields.Texts("paths"), .. fields.Texts("path")];
        var paths = named.Select(name => ToolPath.Parse(context.Root, name)).ToList();
        if (command == "commit")
        {
            return Commit(context, fields, input, paths);
        }
        if (command is "checkout" or "stash" || (command == "branch" && fields.OptionalText("name") is { Length: > 0 }))
        {
            return Switch(context, command, fields, input);
        }
        if (!Reading.Split('|').Contains(command))
        {
            throw fields.Wrong($"there is no cmd \"{ToolText.Line(command)}\"");
        }
        if (command == "blame" && paths.Count != 1)
        {
            throw fields.Wrong("blame needs one path");
        }
        var call = new GitCall(
            command,
            paths,
            fields.Flag("staged"),
            fields.Number("most") ?? GitCall.UsualMost,
            fields.OptionalText("revision") ?? "HEAD"
        );
        var action = new PolicyAction(ActionKind.GitRead, $"git {string.Join(' ', [command, .. named])}");
        return new(ToolName, input, [action], [], running => ReadAsync(context.Root, call, running));
    }

    /// <summary>
    /// On a thread of its own, since git's library cannot be interrupted within one call (a blame, a status): who cancels does not wait
    /// for the end of it. What goes on then looks at the repository only, and at the token before it looks at the workspace again.
    /// </summary>
    public static Task<ToolResult> ReadAsync(WorkspaceRoot root, GitCall call, CancellationToken cancellationToken) =>
        Task.Run(() => new ToolResult(true, ToolText.ForModel(call.Run(root, cancellationToken)), $"git {call.Command}"), cancellationToken)
            .WaitAsync(cancellationToken);

    /// <summary>These change files by git's own hand, and git takes them back: checkout of the old branch, stash with pop.</summary>
    private ToolAction<ToolResult> Switch(ToolContext context, string command, ToolInput fields, JsonElement input)
    {
        var (name, pop) = (fields.OptionalText("name") ?? "", fields.Flag("pop"));
        if (name.Length == 0 && command != "stash")
        {
            throw fields.Wrong($"{command} needs the \"name\" of a branch");
        }
        var message = fields.OptionalText("message") ?? "put aside by Codex Sidecar";
        string[] argv = command == "stash" ? ["git", "stash", pop ? "pop" : "push"] : ["git", command, name];
        return new(ToolName, input, [new(ActionKind.GitSwitch, string.Join(' ', argv)) { Commands = [argv] }], [], running =>
        {
            using var git = GitRepository.Open(context.Root)
                ?? throw new WorkspaceException("missing", "The workspace is in no git repository.");
            Action work = (command, pop) switch
            {
                ("checkout", _) => () => git.Checkout(name),
                ("branch", _) => () => git.CreateBranch(name),
                (_, true) => git.Unstash,
                _ => () => git.Stash(message, context.Time.GetLocalNow()),
            };
            running.ThrowIfCancellationRequested();
            work();
            return Task.FromResult(new ToolResult(true, $"[done]\n{ToolText.ForModel(git.Status(running))}", string.Join(' ', argv)));
        });
    }

    private ToolAction<ToolResult> Commit(ToolContext context, ToolInput fields, JsonElement input, List<WorkspacePath> paths)
    {
        if (paths.Count == 0)
        {
            throw fields.Wrong("commit needs the \"paths\" that belong to it");
        }
        var commit = RunActions.Commit(context, paths, fields.Text("message"));
        return new(ToolName, input, commit.Actions, [], async running =>
        {
            var made = await commit.Run(running);
            return new(true, $"[committed {made.Sha}]", made.Sha);
        });
    }
}

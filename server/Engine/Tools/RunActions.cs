using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Shadows;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <param name="Before">Of every file that was there, the SHA-256 of its bytes, by path.</param>
internal sealed record AppliedPatch(IReadOnlyList<AppliedFile> Files, IReadOnlyDictionary<string, string> Before) : IToolResult
{
    public bool Ok => true;
    public string Summary => Files.Count == 1 ? "1 file written" : $"{Files.Count} files written";
    public int? ExitCode => null;
    public ActionFacts Facts =>
        new(Files: [.. Files.Select(file => new AuditFile(file.Path, Before.GetValueOrDefault(file.Path), file.Sha256))]);
    public string Record =>
        string.Join("; ", Files.Select(file => $"{file.Path} {Before.GetValueOrDefault(file.Path, "none")} -> {file.Sha256 ?? "none"}"));
}

internal sealed record RanCommand(CommandResult Result, CommandSpec Spec) : IToolResult
{
    public ActionFacts Facts =>
        new(Spec.Argv, Spec.Folder, Encoding.UTF8.GetByteCount(Result.Output), WorkspaceRoot.Hash(Encoding.UTF8.GetBytes(Result.Output)));
    public bool Ok => Result.ExitCode == 0;
    public string Summary => Result.TimedOut ? "timed out" : $"exit code {Result.ExitCode}";
    public int? ExitCode => Result.ExitCode;
    public string Record =>
        $"{Summary}; {Result.Output.Length} characters, sha256 {WorkspaceRoot.Hash(Encoding.UTF8.GetBytes(Result.Output))}";
}

internal sealed record MadeCommit(string Sha) : IToolResult
{
    public bool Ok => true;
    public string Summary => Sha;
    public int? ExitCode => null;
}

/// <summary>The orchestrator's own actions, as the agent's tools see them: a patch is write_file, tests are shell, a commit is
/// git.</summary>
internal static class RunActions
{
    /// <exception cref="WorkspaceException">When it runs: a file is not as the plan read it (conflict), or cannot be written; nothing is
    /// changed.</exception>
    public static ToolAction<AppliedPatch> Apply(ToolContext context, PatchPlan plan)
    {
        var writes = plan.Writes().Select(write => write with { Mode = Mode(context.Root, plan, write) }).ToList();
        if (writes.Find(write => write.Path.IsReserved) is { } reserved)
        {
            throw new WorkspaceException("path", $"{reserved.Path.Shown} is git's or the sidecar's own; nobody writes there.");
        }
        var input = Input(json =>
        {
            json.WriteString("mode", "patch");
            json.WriteStartArray("files");
            plan.Files.ToList().ForEach(file => json.WriteStringValue($"{Wire.Name(file.Change)} {file.Path}"));
            json.WriteEndArray();
        });
        var actions = plan.Files.SelectMany(file => FileActions.Write(context.Root, file, ActionKind.ChangeFile));
        var judged = plan.IsEmpty ? [new(ActionKind.Read, ".")] : actions.ToList();
        return new(
            WriteFileTool.ToolName,
            input,
            judged,
            [.. writes.Select(write => write.Path)],
            _ =>
            {
                context.Root.Apply(writes);
                return Task.FromResult(Applied(plan));
            },
            HasOwnEvents: true
        );
    }

    /// <summary>Brings what a command changed in its shadow into the workspace.</summary>
    /// <exception cref="WorkspaceException">When it runs: a file is not as it was when the shadow was looked at, or cannot be written;
    /// nothing
    /// is changed.</exception>
    /// <param name="wasAsked">Each of the changes was judged when it was made in the shadow.</param>
    public static ToolAction<AppliedPatch> TakeOver(ToolContext context, IShadow shadow, IReadOnlyList<LayerChange> changes, bool wasAsked)
    {
        var files = changes.Select(change => Taken(context.Root, shadow.View, change)).ToList();
        var input = Input(json =>
        {
            json.WriteString("mode", "take over");
            json.WriteStartArray("files");
            files.ForEach(file => json.WriteStringValue($"{Wire.Name(file.File.Change)} {file.File.Path}"));
            json.WriteEndArray();
        });
        return new(
            WriteFileTool.ToolName,
            input,
            wasAsked
                ? [.. files.Select(file => new PolicyAction(ActionKind.ChangeFile, file.File.Path))]
                :
                [
                    .. files.Select(file =>
                        FileActions.Write(context.Root, WorkspacePath.OfDisk(file.File.Path), KindOf(file.File.Change), null)
                    ),
                ],
            [.. changes.Select(change => change.Path)],
            _ =>
            {
                context.Root.Run(ShadowSteps.Of(context.Root, shadow.View, changes));
                return Task.FromResult(
                    new AppliedPatch(
                        [.. files.Select(file => file.File)],
                        files
                            .Where(file => file.Before is not null)
                            .ToDictionary(file => file.File.Path, file => file.Before!, StringComparer.Ordinal)
                    )
                );
            },
            HasOwnEvents: true
        );
    }

    /// <param name="onOutput">Redacted pieces as they arrive, from another thread.</param>
    /// <exception cref="ToolInputException">No test command is known.</exception>
    public static ToolAction<RanCommand> Tests(ToolContext context, TimeSpan timeout, Action<string> onOutput)
    {
        if (context.TestCommand.Count == 0)
        {
            throw new ToolInputException("No test command is known for this workspace; name one with --test-command.");
        }
        var command = CommandLine.Join(context.TestCommand);
        var spec = new CommandSpec(context.TestCommand, context.Root.Folder, timeout);
        var action = new PolicyAction(ActionKind.RunTests, command) { Argv = context.TestCommand, Commands = [context.TestCommand] };
        return new(
            ShellTool.ToolName,
            Input(json => json.WriteString("command", command)),
            [action],
            [],
            async cancellationToken =>
            {
                var result = await context.Commands.RunAsync(spec, text => onOutput(Secrets.Redact(text)), cancellationToken);
                return new(result with { Output = Secrets.Redact(result.Output) }, spec);
            },
            HasOwnEvents: true
        );
    }

    /// <summary>A command a person typed; its output is theirs and comes as it is.</summary>
    /// <param name="onOutput">Pieces as they arrive, from another thread.</param>
    public static ToolAction<RanCommand> Command(
        ToolContext context,
        IReadOnlyList<string> argv,
        IReadOnlyList<PolicyAction> judged,
        TimeSpan timeout,
        Action<string> onOutput
    )
    {
        var spec = new CommandSpec(argv, context.Root.Folder, timeout);
        var input = Input(json => json.WriteString("command", CommandLine.Join(argv)));
        return new(ShellTool.ToolName, input, judged, [], async cancellationToken =>
            new(await context.Commands.RunAsync(spec, onOutput, cancellationToken), spec)
        );
    }

    /// <exception cref="WorkspaceException">When it runs: no repository, no author, nothing to commit.</exception>
    public static ToolAction<MadeCommit> Commit(ToolContext context, IReadOnlyList<WorkspacePath> paths, string message)
    {
        var input = Input(json =>
        {
            json.WriteString("cmd", "commit");
            json.WriteString("message", message);
            json.WriteStartArray("paths");
            paths.ToList().ForEach(path => json.WriteStringValue(path.Value));
            json.WriteEndArray();
        });
        var secrets = paths
            .Where(path => SecretNames.Covers(path.Value))
            .Select(path => new PolicyAction(
                ActionKind.ReadSecret,
                path.Value,
                $"{path.Shown} holds secrets, and a commit would keep them for ever"
            ));
        var subject = $"git commit: {message.Split('\n')[0]} ({string.Join(", ", paths.Select(path => path.Shown))})";
        var commit = new PolicyAction(ActionKind.GitCommit, subject)
        {
            Commands =
            [
                ["git", "commit", "-m", message],
            ],
        };
        return new(
            GitTool.ToolName,
            input,
            [commit, .. secrets],
            [],
            _ =>
            {
                using var git = GitRepository.Open(context.Root)
                    ?? throw new WorkspaceException("missing", "The workspace is in no git repository.");
                return Task.FromResult(new MadeCommit(git.Commit(paths, message, context.Time.GetLocalNow(), context.Rules.CoAuthor)));
            },
            HasOwnEvents: true
        );
    }

    private static AppliedPatch Applied(PatchPlan plan)
    {
        var counts = plan.ToPatch("applied").Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return new(
            [
                .. plan.Files.Select(file => new AppliedFile(
                    file.Path,
                    file.Change,
                    counts[file.Path].Added,
                    counts[file.Path].Removed,
                    file.After is null ? null : WorkspaceRoot.Hash(file.After)
                )),
            ],
            plan.Files.Where(file => file.Before is not null)
                .ToDictionary(file => file.Path, file => WorkspaceRoot.Hash(file.Before), StringComparer.Ordinal)
        );
    }

    private static (AppliedFile File, string? Before) Taken(WorkspaceRoot root, WorkspaceRoot view, LayerChange change)
    {
        var kind =
            change.Before is null ? FileChange.Added
            : change.After is null ? FileChange.Deleted
            : FileChange.Modified;
        return (new(change.Path.Value, kind, 0, 0, StateOf(view, change.After)), StateOf(root, change.Before));
    }

    private static string? StateOf(WorkspaceRoot root, FileFact? fact)
    {
        if (fact is not { Kind: EntryKind.File })
        {
            return null;
        }
        using var stream = root.OpenRead(fact.Path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static ActionKind KindOf(FileChange change) =>
        change switch
        {
            FileChange.Added => ActionKind.CreateFile,
            FileChange.Modified => ActionKind.ChangeFile,
            _ => ActionKind.DeleteFile,
        };

    /// <summary>A script that is moved stays one.</summary>
    private static UnixFileMode? Mode(WorkspaceRoot root, PatchPlan plan, FileWrite write) =>
        plan.Moves.TryGetValue(write.Path.Value, out var from) && root.Look(WorkspacePath.Parse(from)) is { Kind: EntryKind.File } old
            ? old.Mode & (UnixFileMode)0x1FF
            : null;

    private static JsonElement Input(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}

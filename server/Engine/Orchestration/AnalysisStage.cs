using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Patching.Parsing;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What the analysis found out.</summary>
/// <param name="Files">Existing and new files that matter, the most important first.</param>
internal sealed record FilesThatMatter(IReadOnlyList<string> Files, string Note);

/// <summary>The model asks for read-only tools until it can say which files matter; bounded in rounds, calls and text.</summary>
internal sealed partial class AnalysisStage(RunServices services, ContextBuilder context)
{
    private const int MostRounds = 5,
        MostCallsPerRound = 4,
        MostFiles = 8,
        ReplyTokens = 512;
    private static readonly string[] ReadOnlyTools =
    [
        .. ToolRegistry.All.Where(tool => tool.ReadOnlyUsage is not null).Select(tool => tool.Name),
    ];

    private readonly List<string> read = [];

    public async Task<FilesThatMatter> RunAsync(CancellationToken cancellationToken)
    {
        var messages = PromptTexts.Begin($"{context.Facts([])}\n\n{Question}");
        string? trouble = null;
        for (var round = 1; round <= MostRounds; round++)
        {
            var reply = await services.Model.AskAsync(new($"analysis:{round}", messages, ReplyTokens), aloud: false, cancellationToken);
            var fields = ReplyFields.Read(reply.Text, "file", "note");
            var requests = ToolRequests.Find(reply.Text);
            if (fields.All("file").Count > 0 && requests.Count == 0)
            {
                return Found(fields);
            }
            trouble = reply.Trouble;
            if (round == MostRounds)
            {
                break;
            }
            var answer =
                requests.Count == 0
                    ? reply.Because("No tool call and no FILE line was in it.")
                        + " Answer with FILE lines, or with tool calls as JSON objects."
                    : await AnswerAsync(requests, cancellationToken);
            messages = messages.Reply(reply.Text).Ask(answer);
        }
        var why = trouble is null ? "" : $" ({trouble})";
        return new(Guess(), $"The analysis ended without an answer{why}; these files were chosen by name.");
    }

    private string Question =>
        $$"""
            ## Question
            Which files matter for the task? You may look around first with these tools, one JSON object a line, at most {{MostCallsPerRound}} at a time:
            {{ToolRunner.Describe(readOnly: true)}}{{services.Context.Extra.Describe()}}
            As soon as you know, answer without tools, only with these lines, the most important file first:
            FILE: path of a file that must be changed or read (at most {{MostFiles}})
            NOTE: what is wrong or missing, in one sentence
            """;

    private async Task<string> AnswerAsync(IReadOnlyList<ToolRequest> requests, CancellationToken cancellationToken)
    {
        var most = ContextBudget.Chars(context.Budget.Files) / MostCallsPerRound;
        var results = new List<string>();
        foreach (var request in requests.Take(MostCallsPerRound))
        {
            var result =
                ReadOnlyTools.Contains(request.Tool) ? await services.Tools.RunAsync(request.Tool, request.Input, cancellationToken)
                // Another program may do what it likes in the workspace: what it changes is the run's.
                : services.Context.Extra.Find(request.Tool) is not null
                    ? await services.Changes.WatchOthersAsync(
                        () => services.Tools.RunAsync(request.Tool, request.Input, cancellationToken),
                        cancellationToken
                    )
                : new(false, $"There is no tool {request.Tool} in this stage; only {string.Join(", ", ReadOnlyTools)}.", "no such tool");
            var text = Secrets.Redact(result.Text.Replace(services.Root.Folder, ".", StringComparison.Ordinal));
            if (result.End is ToolEnd.Refused)
            {
                services.Guards.AfterDenial(request.Words, result.Decision?.Reason ?? result.Summary);
            }
            services.Guards.AfterCall(request.Words, text);
            if (
                ToolRegistry.Known(request.Tool) is { Kind: ToolKind.Read } reader
                && request.Input.TryGetProperty(reader.Subject, out var path)
                && path.GetString() is { } name
            )
            {
                read.Add(name);
            }
            results.Add($"Result of {request.Words}:\n{PromptTexts.Cut(text, most)}");
        }
        if (requests.Count > MostCallsPerRound)
        {
            results.Add($"({requests.Count - MostCallsPerRound} more calls were not made: at most {MostCallsPerRound} at a time.)");
        }
        return string.Join("\n\n", results);
    }

    private FilesThatMatter Found(ReplyFields fields)
    {
        var named = fields
            .All("file")
            .SelectMany(line => PathList.Read(line, path => PathList.IsIn(services.Root, path)))
            .Select(file => file.Exists ? Plain(file.Path) : Path(file.Path))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(MostFiles)
            .ToList();
        return new(named.Count > 0 ? named : Guess(), fields.Last("note") ?? "");
    }

    private static string? Path(string written) =>
        PathLine.Read(written) is { } path ? Plain(path)
        : Word().Match(written) is { Success: true } match ? Plain(match.Value)
        : null;

    private static string? Plain(string written) =>
        written.TrimStart('/') is { Length: > 0 } path
            ? path.StartsWith("./", StringComparison.Ordinal)
                ? path[2..]
                : path
            : null;

    /// <summary>What the model has looked at, else what the task names best.</summary>
    private IReadOnlyList<string> Guess() =>
        [.. (read.Count > 0 ? read.Distinct(StringComparer.Ordinal) : context.Map.Ranked).Take(MostFiles / 2)];

    [GeneratedRegex(@"[^\s`'""|()<>*:]+")]
    private static partial Regex Word();
}

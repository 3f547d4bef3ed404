using System.Text;
using CodexSidecar.Engine.Mapping;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Testing;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Puts together the facts that all prompts of a run begin with: notes, files, limits, the task, what the tests say. What does not
/// fit is said, not hidden.</summary>
/// <param name="share">Of the usual budgets; less after a prompt that did not fit.</param>
internal sealed class ContextBuilder(RunServices services, TestRun? baseline, double share, CancellationToken cancellationToken)
{
    private static readonly string[] NoteFiles =
    [
        "AGENTS.md",
        ".github/copilot-instructions.md",
        "CLAUDE.md",
        "README.md",
        "README.rst",
        "README.txt",
        "README",
    ];
    private const int LeastPart = 800;

    private readonly HashSet<string> partial = new(StringComparer.Ordinal);
    private RepositoryMap? map;
    private readonly ContextBudget budget = ContextBudget.For(services.Model.Profile.Window).Scale(share);

    public ContextBudget Budget => budget;

    /// <summary>All files of the walk, in ordinal order.</summary>
    public IReadOnlyList<string> Paths { get; } = [.. services.Root.Files(cancellationToken)];

    public RepositoryMap Map =>
        map ??= RepositoryMap.Of(Paths, services.Request.Task, ReadableText.OfWalk(services.Root), cancellationToken);

    /// <param name="files">Relative paths, the most important first; those that do not fit are named as left out.</param>
    public string Facts(IReadOnlyList<string> files)
    {
        var facts = new StringBuilder();
        Part(facts, "Project notes", Notes());
        Part(facts, "Files of the project", Secrets.Redact(Map.Draw(ContextBudget.Chars(budget.Map))));
        Part(facts, "Rules", services.Limits);
        facts.Append(CheckWord.Behind(facts.ToString())).Append("\n\n");
        foreach (var (name, text) in services.Request.Attachments)
        {
            Part(facts, $"Attached by the user: {name}", PromptTexts.Cut(text!, ContextBudget.Chars(budget.Task)));
        }
        if (files.Count > 0)
        {
            Part(facts, "Contents of files", Contents(files, ContextBudget.Chars(budget.Files), baseline));
        }
        Part(facts, "Task", PromptTexts.Cut(services.Request.Task, ContextBudget.Chars(budget.Task)));
        if (baseline is not null)
        {
            Part(facts, $"Tests now, before any change ({services.TestCommandLine})", Tests(baseline));
        }
        return facts.ToString().TrimEnd();
    }

    /// <summary>Some lines of it were shown, but never the whole file.</summary>
    public bool IsPartial(string path) => partial.Contains(path);

    /// <summary>Files in the given order: in full while there is room, else the parts that the task and the failing tests speak
    /// of.</summary>
    public string Contents(IReadOnlyList<string> files, int mostChars, TestRun? run)
    {
        var text = new StringBuilder();
        var leftOut = new List<string>();
        var hints = run is null or { IsGreen: true } ? services.Request.Task : $"{services.Request.Task}\n{Failure(run)}";
        for (var file = 0; file < files.Count; file++)
        {
            var path = files[file];
            var room = (mostChars - text.Length) / (files.Count - file);
            if (services.Readable(path) is not { } content)
            {
                text.Append($"<file path=\"{path}\">(does not exist, or is not a readable text)</file>\n");
            }
            else if (text.Length + content.Length > mostChars)
            {
                partial.Add(path);
                var part = room < LeastPart ? "" : Excerpt.Of(path, content, hints, room);
                text.Append(part);
                if (part.Length == 0)
                {
                    leftOut.Add(path);
                }
            }
            else
            {
                partial.Remove(path);
                text.Append($"<file path=\"{path}\">\n{content}{(content.EndsWith('\n') || content.Length == 0 ? "" : "\n")}</file>\n");
            }
        }
        if (files.Any(IsPartial))
        {
            text.Append("(Of files with line numbers only these lines are shown; the others exist and stay as they are.)\n");
        }
        return leftOut.Count == 0 ? text.ToString() : text.Append($"(too long to be shown: {string.Join(", ", leftOut)})\n").ToString();
    }

    public string Failure(TestRun run) => FailureTrimmer.Trim(run.Output, ContextBudget.Chars(budget.Failure), services.Root.Folder);

    private string Tests(TestRun run) =>
        run.IsGreen ? "All tests pass."
        : Secrets.Redact(Failure(run)) is { Length: > 0 } failure ? failure
        : "The test command fails without output.";

    private string Notes() =>
        NoteFiles
            .Where(Paths.Contains)
            .Select(name =>
                services.Readable(name) is { } text ? $"{name}:\n{PromptTexts.Cut(text.Trim(), ContextBudget.Chars(budget.Notes))}" : null
            )
            .OfType<string>()
            .FirstOrDefault()
        ?? "";

    private static void Part(StringBuilder facts, string title, string text)
    {
        if (text.Trim().Length > 0)
        {
            facts.Append("## ").Append(title).Append('\n').Append(text.TrimEnd()).Append("\n\n");
        }
    }
}

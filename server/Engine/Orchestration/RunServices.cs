using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Testing;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What the stages of one run work with.</summary>
internal sealed record RunServices
{
    /// <summary>With paths relative to the workspace, and every attachment with its text.</summary>
    public required RunRequest Request { get; init; }
    public required WorkspaceRoot Root { get; init; }
    public required ToolContext Context { get; init; }
    public required ToolRunner Tools { get; init; }
    public required ModelAsker Model { get; init; }
    public required RoleAssignments Roles { get; init; }
    public required RunChanges Changes { get; init; }
    public required Guards Guards { get; init; }
    public required Action<RunEvent> Emit { get; init; }

    /// <summary>Keeps the whole texts of a proposed patch with the run.</summary>
    public required Action<string, IReadOnlyList<PatchText>> KeepTexts { get; init; }
    public TestCommand? TestCommand { get; init; }

    public RunSettings Settings => Request.Settings;

    public Level Level => Context.Level();

    public bool TestsMayRun => TestCommand is not null && Level >= Level.RunTests;

    public string? TestCommandLine => TestCommand is null ? null : Processes.CommandLine.Join(TestCommand.Argv);

    /// <summary>The one text about the rules that the model and every voter get.</summary>
    public string Limits => ToolLimits.Describe(Level, TestCommand?.Argv ?? [], Guards.MostFiles, Guards.MostLines);

    /// <summary>A file as the model may see it: text, secrets hidden; null when it is missing, too large, binary or holds secrets by its
    /// name.</summary>
    public string? Readable(string path) => ReadableText.Read(Root, path) is { } text ? Secrets.Redact(text) : null;

    public async Task<T> InStageAsync<T>(Stage stage, int attempt, Func<Task<T>> work)
    {
        Emit(new StageStarted(stage, attempt));
        try
        {
            var result = await work();
            Emit(new StageFinished(stage, attempt, StageOutcome.Ok));
            return result;
        }
        catch
        {
            Emit(new StageFinished(stage, attempt, StageOutcome.Failed));
            throw;
        }
    }
}

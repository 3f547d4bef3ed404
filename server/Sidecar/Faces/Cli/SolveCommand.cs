using System.CommandLine;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>solve "TASK"</c>: one task from the request to the report.</summary>
internal static class SolveCommand
{
    public static Command Build(CliContext context)
    {
        var task = new Argument<string>("TASK") { Description = "What you want, in your own words and in quotes." };
        task.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && string.IsNullOrWhiteSpace(token.Value))
            {
                result.AddError(
                    "The task is empty: say what you want done, in quotes, such as codex-sidecar solve \"Fix the failing test\"."
                );
            }
        });
        var workspace = SharedOptions.Workspace();
        var level = SharedOptions.LevelOption();
        var baseUrl = SharedOptions.BaseUrl();
        var model = SharedOptions.Model();
        var apiKeyEnv = SharedOptions.ApiKeyEnv();
        var consilium = SharedOptions.Choice(
            "--consilium",
            "Who votes on the plan: six roles, as many as its risk asks for, or nobody. Default: full.",
            ("full", ConsiliumSize.Full),
            ("auto", ConsiliumSize.Auto),
            ("off", ConsiliumSize.Off)
        );
        var diffBallot = SharedOptions.Choice(
            "--diff-ballot",
            "Whether Security, QA and Reviewer vote on the finished change too: when the plan was risky, always, or never. Default: risk.",
            ("risk", DiffBallot.Risk),
            ("on", DiffBallot.On),
            ("off", DiffBallot.Off)
        );
        var confirmPlan = new Option<bool>("--confirm-plan") { Description = "Ask before an approved plan is carried out." };
        var review = SharedOptions.Choice(
            "--review",
            "auto applies what the level allows; ask shows you every hunk first. Default: auto.",
            ("auto", ReviewMode.Auto),
            ("ask", ReviewMode.Ask)
        );
        var commit = SharedOptions.Choice(
            "--commit",
            "Whether a solved task is committed; needs level 3. Default: never.",
            ("never", CommitMode.Never),
            ("ask", CommitMode.Ask),
            ("auto", CommitMode.Auto)
        );
        var testCommand = new Option<string?>("--test-command")
        {
            Description = "How to run the tests. Default: found out from the project.",
            HelpName = "\"COMMAND\"",
        };
        var cassette = new Option<string?>("--cassette")
        {
            Description = "Replay recorded model exchanges instead of asking a server.",
            HelpName = "FILE",
        };
        var record = new Option<string?>("--record") { Description = "Record the model exchanges to this file.", HelpName = "FILE" };
        var recordLabel = new Option<string?>("--record-label")
        {
            Description = "The source named in the recording's header.",
            HelpName = "TEXT",
            Hidden = true,
        };
        var unsandboxed = new Option<bool>("--allow-unsandboxed")
        {
            Description = "Run commands although no sandbox works on this machine.",
        };
        var json = SharedOptions.Json("Print the run's events, one JSON object a line, and nothing else.");

        var command = new Command(
            "solve",
            "Solve one task: analysis, plan, votes, patch, tests, report. Tests that stay red put the files back."
        )
        {
            task,
            workspace,
            level,
            baseUrl,
            model,
            apiKeyEnv,
            consilium,
            diffBallot,
            confirmPlan,
            review,
            commit,
            testCommand,
            unsandboxed,
            json,
            cassette,
            record,
            recordLabel,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(cassette) is not null && result.GetResult(record) is not null)
            {
                result.AddError("--cassette replays and --record records: use one of them.");
            }
            if (result.GetResult(recordLabel) is not null && result.GetResult(record) is null)
            {
                result.AddError("--record-label names the source of a recording: use it with --record FILE.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(workspace) ?? "."),
                    Level = parsed.GetValue(level) ?? Level.RunTests,
                    BaseUrl = parsed.GetValue(baseUrl),
                    Model = parsed.GetValue(model),
                    ApiKeyEnv = parsed.GetValue(apiKeyEnv),
                    Consilium = parsed.GetValue(consilium) ?? ConsiliumSize.Full,
                    DiffBallot = parsed.GetValue(diffBallot) ?? DiffBallot.Risk,
                    ConfirmPlan = parsed.GetValue(confirmPlan),
                    Review = parsed.GetValue(review) ?? ReviewMode.Auto,
                    Commit = parsed.GetValue(commit) ?? CommitMode.Never,
                    TestCommand = parsed.GetValue(testCommand),
                    Cassette = parsed.GetValue(cassette) is { } replayed ? context.Absolute(replayed) : null,
                    Record = parsed.GetValue(record) is { } recorded ? context.Absolute(recorded) : null,
                    RecordLabel = parsed.GetValue(recordLabel),
                    AllowUnsandboxed = parsed.GetValue(unsandboxed),
                };
                return RunAsync(context, new RunRequest(parsed.GetRequiredValue(task), settings), parsed.GetValue(json), cancellationToken);
            }
        );
        return command;
    }

    public static async Task<int> RunAsync(CliContext context, RunRequest request, bool json, CancellationToken cancellationToken)
    {
        await using var session = Session.Open(context.Home, request.Settings.Workspace, context.Time);
        return await new RunShow(context.Terminal, json).RunAsync(session, request, cancellationToken);
    }
}

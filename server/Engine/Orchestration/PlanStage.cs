using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Patching.Parsing;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <param name="Nothing">Why nothing has to change; then there are no steps.</param>
internal sealed record RunPlan(string PlanId, IReadOnlyList<string> Steps, IReadOnlyList<string> Files, string? Nothing = null)
{
    /// <summary>Block B of the prompts: what the votes judge and the patch carries out.</summary>
    public string Text => $"## Plan\n{string.Join('\n', Steps.Select(Numbered))}\nFiles: {string.Join(", ", Files)}";

    private static string Numbered(string step, int index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1}. {step}");
}

/// <summary>Asks for a plan in steps; a plan that leaves the workspace never reaches a vote.</summary>
internal sealed class PlanStage(RunServices services, IReadOnlyList<PromptMessage> facts)
{
    private const int PlanTokens = 700,
        MostSteps = 8;
    private int plans;

    private static string Question =>
        """
            ## Question
            Plan the change: the smallest one that does the whole task. Do not write code yet.
            Answer only with these lines:
            STEP: what to do, in one sentence that names the file (at most 6 steps)
            FILE: path of a file that changes or is new
            If nothing has to change, answer only with:
            NOTHING: why
            """;

    /// <param name="objections">What was said against the plan before; null for the first one.</param>
    /// <exception cref="RunStop">malformed_replies</exception>
    public async Task<RunPlan> RunAsync(string? objections, CancellationToken cancellationToken)
    {
        var question = objections is null ? Question : $"{objections}\n\n{Question}";
        var purpose = objections is null ? "plan" : "plan:2";
        for (string? problem = null; ; )
        {
            var asked = problem is null ? question : $"{question}\n\nYour last answer could not be used: {problem}";
            var reply = await services.Model.AskAsync(new(purpose, facts.Ask(asked), PlanTokens), aloud: false, cancellationToken);
            (var plan, problem) = Read(reply.Text);
            if (plan is not null)
            {
                services.Guards.AfterGoodReply();
                services.Emit(new PlanProposed(plan.PlanId, plan.Steps, plan.Files));
                return plan;
            }
            problem = reply.Because(problem!);
            services.Guards.AfterMalformed(problem, reply);
            purpose = "plan:again";
        }
    }

    private (RunPlan? Plan, string? Problem) Read(string reply)
    {
        var fields = ReplyFields.Read(reply, "step", "file", "nothing");
        var id = string.Create(CultureInfo.InvariantCulture, $"pl{++plans}");
        if (fields.All("step").Count == 0 && (fields.Last("nothing") ?? ReplyFields.Read(reply, "nothing").Last("nothing")) is { } why)
        {
            return (new(id, [], [], why), null);
        }
        var steps = fields.All("step").Where(step => step.Length > 0).Take(MostSteps).ToList();
        if (steps.Count == 0)
        {
            return (null, "there was no STEP line in it.");
        }
        var files = fields
            .All("file")
            .SelectMany(line => PathList.Read(line, path => PathList.IsIn(services.Root, path)))
            .Select(file => file.Exists ? file.Path : PathLine.Strip(file.Path))
            .Where(file => file.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        try
        {
            return (new(id, steps, [.. files.Select(file => WorkspacePath.Parse(file).Value)]), null);
        }
        catch (WorkspaceException refused)
        {
            return (null, refused.Message);
        }
    }
}

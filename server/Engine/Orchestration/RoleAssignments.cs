using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Which model speaks for which role in this run, and what its votes weigh.</summary>
/// <param name="others">Models of their own, for the roles that have one.</param>
/// <param name="weights">In thousandths, by the role's name on the wire; frozen for the run. 0: the role's own server is not there.</param>
internal sealed class RoleAssignments(
    ModelAsker main,
    IReadOnlyDictionary<Role, ModelAsker> others,
    IReadOnlyDictionary<string, int> weights
)
{
    /// <summary>Says which model a role speaks by, before this conversation.</summary>
    public RoleAssignment Of(Role role, IReadOnlyList<PromptMessage> prefix)
    {
        var asker = others.GetValueOrDefault(role, main);
        var seat = new Seat(role, asker.Profile.Model, weights.GetValueOrDefault(Wire.Name(role), Tally.NewWeight));
        return seat.Weight == 0
            ? new(seat with { Model = "none" }, "none", (_, _) =>
                throw new ModelException(ModelFault.Unreachable, "The role's own model server is not there.")
            )
            : new(seat, asker.Profile.Display, Ask(asker, prefix), asker.Profile.HonoursSchema, asker.Profile.AtOnce);
    }

    /// <summary>The Director's closing call is on the run's own model.</summary>
    public AskTail Director(IReadOnlyList<PromptMessage> prefix) => Ask(main, prefix);

    private static AskTail Ask(ModelAsker asker, IReadOnlyList<PromptMessage> prefix) =>
        (question, cancellationToken) =>
            asker.AskAsync(
                new(question.Purpose, prefix.Ask(question.Text), question.MaxTokens, question.Temperature, Schema: question.Schema)
                {
                    BoundedSchema = question.BoundedSchema,
                },
                aloud: false,
                cancellationToken
            );
}

using CodexSidecar.Contracts;
using CodexSidecar.Faces.Http;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Http;

/// <summary>
/// The standing yes of <c>serve --allow</c>: it is about kinds of action, whatever the question says. Runs, tools and MCP all ask here.
/// </summary>
public sealed class HttpAskSpecs
{
    [Fact]
    public void A_standing_yes_is_to_its_own_kind_of_action_and_to_no_other()
    {
        foreach (var kind in Enum.GetValues<ActionKind>())
        {
            // The words are those of the question about an overwritten file, always.
            var question = Question("overwrite a whole file: src/a.cs", [new(kind, "src/a.cs")]);
            Assert.Equal((kind, kind is ActionKind.OverwriteFile), (kind, HttpAsk.Answer(question, ["overwrite"]).Allowed));
            var isEither = kind is ActionKind.OverwriteFile or ActionKind.DeleteFile;
            Assert.Equal((kind, isEither), (kind, HttpAsk.Answer(question, HttpAsk.Words).Allowed));
            Assert.False(HttpAsk.Answer(question, []).Allowed);
        }
    }

    [Fact]
    public void All_that_is_asked_has_to_be_allowed()
    {
        AskedAction[] both = [new(ActionKind.OverwriteFile, "a"), new(ActionKind.ChangeProtectedFile, ".envrc")];
        Assert.False(HttpAsk.Answer(Question("overwrite a whole file: a", both), HttpAsk.Words).Allowed);
    }

    [Fact]
    public void A_question_that_is_about_no_action_is_a_no()
    {
        Assert.Equal(new Answer(false, AnsweredBy.Face), HttpAsk.Answer(Question("overwrite a whole file: a", null), HttpAsk.Words));
        Assert.False(HttpAsk.Answer(Question("overwrite a whole file: a", []), HttpAsk.Words).Allowed);
    }

    private static PermissionAsked Question(string words, IReadOnlyList<AskedAction>? actions) =>
        new("a1", null, AskSubject.Command, Risk.Medium, words, "the level asks", actions);
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;

namespace CodexSidecar.Engine.Tests.Runs;

public sealed class QuestionsSpecs
{
    private readonly Questions questions = new();
    private readonly List<PermissionAsked> asked = [];

    [Fact]
    public async Task An_answer_for_the_session_holds_for_the_same_words_about_the_same_kind_of_action()
    {
        var file = Question(ActionKind.OverwriteFile);
        await AskAsync(file);
        await AskAsync(file);
        Assert.Single(asked);

        // A command that reads like the question about a file.
        await AskAsync(Question(ActionKind.DestructiveCommand));
        Assert.Equal(2, asked.Count);
    }

    private static PermissionAsked Question(ActionKind kind) =>
        new("a", null, AskSubject.Command, Risk.Medium, "overwrite a whole file: a.cs", "the level asks", [new(kind, "a.cs")]);

    private Task<Answer> AskAsync(PermissionAsked question) =>
        questions.AskAsync(
            question,
            happened =>
            {
                if (happened is PermissionAsked one)
                {
                    asked.Add(one);
                    questions.Answer(one.AskId, new(true, AnsweredBy.User, ForSession: true));
                }
            },
            TestContext.Current.CancellationToken
        );
}

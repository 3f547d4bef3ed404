using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Tests.Prompts;

public sealed class PromptFitSpecs
{
    [Fact]
    public void A_model_that_says_understood_does_not_move_the_head_of_the_prompt()
    {
        var filler = new string('x', 5_000);
        var head = PromptTexts.Begin("facts").Understood().Ask("question");
        var messages = head.Reply("Understood.").Ask(filler).Reply("Understood.").Ask("and now?");

        var fitted = PromptFit.Fit(messages, 1_000, prompt => prompt.Sum(message => message.Text.Length) / 4);

        Assert.Equal([.. head, .. messages.TakeLast(2)], fitted);
    }
}

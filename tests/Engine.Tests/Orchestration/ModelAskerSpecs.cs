using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using NSubstitute;

namespace CodexSidecar.Engine.Tests.Orchestration;

/// <summary>A server can break off a reply; a fault of our own in the middle of one cannot be had on demand.</summary>
public sealed class ModelAskerSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fault_of_our_own_in_mid_reply_goes_on_as_it_is_and_the_next_question_is_asked_as_ever()
    {
        using var model = Substitute.For<IModel>();
        model.Profile.Returns(new ModelProfile("small", "small at home", 4096));
        model.TokenFactor.Returns(1);
        var fault = new InvalidOperationException("not our day");
        var reply = new ModelReply("whole", ReplyEnd.Stop, new(20, 10, 0, 60, false), 5);
        model
            .AskAsync("", default!, default!, Token)
            .ReturnsForAnyArgs(
                call =>
                {
                    call.Arg<IModelListener>().Text("half of");
                    throw fault;
                },
                _ => new ModelAnswer(reply, "")
            );
        List<RunEvent> told = [];
        var entrance = new ModelAsker(new(model), new(), new(TimeProvider.System), told.Add);
        var prompt = new ModelPrompt("patch", [new(PromptRole.User, "Write the patch.")], 100);

        Assert.Same(fault, await Assert.ThrowsAsync<InvalidOperationException>(() => entrance.AskAsync(prompt, aloud: true, Token)));

        Assert.Equal("half of", Assert.IsType<MessageAdded>(Assert.Single(told)).Text);
        Assert.Same(reply, await entrance.AskAsync(prompt, aloud: true, Token));
        Assert.Equal(30, Assert.Single(told.OfType<UsageCounted>()).Used);
    }
}

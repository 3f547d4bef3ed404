using CodexSidecar.Engine.Models;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>A server that puts the prompt, or the end of it, in front of the reply.</summary>
public sealed class EchoSpecs
{
    private static readonly IReadOnlyList<PromptMessage> Prompt =
    [
        new(PromptRole.System, "You are careful."),
        new(PromptRole.User, "Say why it is so."),
        new(PromptRole.User, "One word will do."),
    ];

    public static TheoryData<string, string> Replies =>
        new()
        {
            { "You are careful.\nSay why it is so.\nOne word will do.\n\nBecause.", "Because." },
            { "Say why it is so.\n\nOne word will do. Because.", "Because." },
            { "Say why it is so.One word will do.Because.", "Because." },
            { "One word will do.Because.", "Because." },
            { "One word will do.", "" },
            { "One word will", "One word will" },
            { "One word will not do.", "One word will not do." },
            { "Say why it is so.\nIt is so.", "Say why it is so.\nIt is so." },
            { "Because.\nOne word will do.", "Because.\nOne word will do." },
            { "", "" },
        };

    [Theory]
    [MemberData(nameof(Replies))]
    public void The_prompt_in_front_of_a_reply_is_cut_off_however_the_reply_is_cut_up(string reply, string kept) =>
        Gen.Int[1, 12].Array[1, 40].Sample(sizes => Assert.Equal(kept, Cut(Prompt, reply, sizes)), iter: 200);

    [Fact]
    public void A_long_conversation_is_not_copied_for_it()
    {
        var conversation = Enumerable
            .Range(0, 100)
            .Select(number => new PromptMessage(PromptRole.User, $"{number} {new string('x', 10_000)}"))
            .ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal("Because.", Cut(conversation, "Because.", [3]));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    private static string Cut(IReadOnlyList<PromptMessage> prompt, string reply, int[] sizes)
    {
        var (cut, kept) = (new EchoCut(prompt), "");
        for (int start = 0, i = 0; start < reply.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], reply.Length - start);
            kept += cut.Push(reply.Substring(start, size));
            start += size;
        }
        return kept + cut.End();
    }
}

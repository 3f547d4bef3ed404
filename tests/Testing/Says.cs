using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Testing;

/// <summary>What a model says at each point of a run, as rules for the scripted server.</summary>
internal static class Says
{
    public static FakeRule Files(params IReadOnlyList<string> files) =>
        Rule("Which files matter", string.Join('\n', files.Select(file => $"FILE: {file}")) + "\nNOTE: found it");

    public static FakeRule Plan(params IReadOnlyList<string> files) =>
        Rule(
            "Plan the change",
            $"STEP: Correct {string.Join(" and ", files)}.\n{string.Join('\n', files.Select(file => $"FILE: {file}"))}"
        );

    public static FakeRule Vote(string role, string verdict, string? more = null) =>
        Rule(
            $"Your role is {role}.",
            $"REASON: looked at it\nVERDICT: {verdict}\nDECISION: {role} says {verdict}.\nRISK: none\nCHECK: none\nCONFIDENCE: 7\n{more}"
        );

    public static IReadOnlyList<FakeRule> AllVote(string verdict) =>
        [.. new[] { "Director", "Architect", "Security", "QA", "Dev", "Reviewer" }.Select(role => Vote(role, verdict))];

    public static FakeRule Checklist(params IReadOnlyList<string> items) =>
        Rule("You are the Director", string.Join('\n', items.Select(item => $"ITEM: {item} | | ")));

    /// <summary>The whole new text of a file, when the plan is to be carried out.</summary>
    public static FakeRule Patch(string path, string text) => Rule("Carry out the plan", Whole(path, text));

    /// <summary>After tests that failed.</summary>
    public static FakeRule Repair(string path, string text) => Rule("the tests fail", Whole(path, text));

    public static string Whole(string path, string text) => $"Here it is.\n\n{path}\n```\n{text}```\n";

    public static FakeRule Rule(string last, string reply) => new(new FakeReply { Text = reply, Pieces = 16 }) { Last = last };

    public static FakeRule Once(this FakeRule rule) => rule with { Times = 1 };

    public static FakeRule With(this FakeRule rule, string text) => rule with { Reply = rule.Reply with { Text = text } };

    /// <summary>The usual beginning: the file, a plan for it.</summary>
    public static IReadOnlyList<FakeRule> Begin => [Files("double.js"), Plan("double.js")];
}

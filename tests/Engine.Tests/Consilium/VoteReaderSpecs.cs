using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Consilium;

public sealed class VoteReaderSpecs
{
    private const string Form = "REASON: fine\nVERDICT: approve\nDECISION: Do it.\nRISK: low | slow\nCHECK: dotnet test\nCONFIDENCE: 8";

    [Fact]
    public void A_vote_in_the_form_asked_for_is_read_whole()
    {
        var (vote, missing) = VoteReader.Read(
            Role.Qa,
            Form + "\nOBJECTION: must | src/a.cs:3 | \"var x = 1;\" | x is never used\nPROOF: search | var x | found"
        );
        Assert.Null(missing);
        Assert.Equivalent(
            new Vote(
                Role.Qa,
                Verdict.Approve,
                "Do it.",
                ["low | slow"],
                ["dotnet test"],
                8,
                "fine",
                [new Objection(true, "src/a.cs:3", "var x = 1;", "x is never used", Proof: "search | var x | found")]
            ),
            vote,
            strict: true
        );
    }

    [Theory]
    [InlineData("o1 p1 o2", "p1", null)]
    [InlineData("o1 o2 p1", null, "p1")]
    [InlineData("o1 p1 o2 p2", "p1", "p2")]
    [InlineData("o1 o2 p1 p2", "p1", "p2")]
    [InlineData("o1 none o2 p2", null, "p2")]
    [InlineData("p1 o1 o2 p2", null, "p2")]
    [InlineData("o1 p1 p2 o2", null, null)]
    [InlineData("o1 o2 p1 p2 p3", null, null)]
    public void A_proof_belongs_to_the_objection_it_stands_below(string lines, string? first, string? second)
    {
        var reply = string.Concat(
            lines.Split(' ').Select(word => word[0] == 'o' ? $"OBJECTION: must | a.cs:{word[1]} | \"x\" | wrong\n" : $"PROOF: {word}\n")
        );

        var objections = VoteReader.Read(Role.Qa, $"{Form}\n{reply}").Vote.Objections!;

        Assert.Equal([("a.cs:1", first), ("a.cs:2", second)], objections.Select(objection => (objection.At, objection.Proof)));
    }

    [Theory]
    [InlineData("approved", Verdict.Approve)]
    [InlineData("LGTM", Verdict.Approve)]
    [InlineData("**Yes.**", Verdict.Approve)]
    [InlineData("needs work", Verdict.Revise)]
    [InlineData("request changes", Verdict.Revise)]
    [InlineData("block", Verdict.Reject)]
    [InlineData("Veto!", Verdict.Reject)]
    [InlineData("abstain", Verdict.Abstain)]
    public void Other_words_for_a_verdict_are_understood(string word, Verdict verdict) =>
        Assert.Equal((verdict, VoteState.Valid), (Read(word).Verdict, Read(word).State));

    [Theory]
    [InlineData("approve or revise or reject or abstain")]
    [InlineData("maybe")]
    [InlineData("")]
    public void Anything_else_is_no_verdict(string word)
    {
        var vote = Read(word);
        Assert.Equal((Verdict.Abstain, VoteState.Malformed), (vote.Verdict, vote.State));
    }

    [Fact]
    public void Of_two_verdicts_the_last_counts() =>
        Assert.Equal(Verdict.Reject, VoteReader.Read(Role.Dev, "VERDICT: approve\nVERDICT: reject").Vote.Verdict);

    [Theory]
    [InlineData("8/10", 8)]
    [InlineData("80%", 8)]
    [InlineData("0.8", 8)]
    [InlineData("10", 10)]
    [InlineData("0", 0)]
    [InlineData("high", null)]
    [InlineData("85", 9)]
    [InlineData("84 of 100", 8)]
    [InlineData("8.5", 9)]
    [InlineData("100", 10)]
    [InlineData("11", 1)]
    [InlineData("101", null)]
    [InlineData("561", null)]
    [InlineData("-3", 3)]
    public void Confidence_is_a_number_from_0_to_10_or_not_given(string text, int? expected) =>
        Assert.Equal(expected, VoteReader.Read(Role.Dev, $"VERDICT: approve\nCONFIDENCE: {text}").Vote.Confidence);

    [Fact]
    public void What_is_missing_is_named() =>
        Assert.Equal("no usable VERDICT, CONFIDENCE was in it.", VoteReader.Read(Role.Dev, "DECISION: go").Missing);

    [Fact]
    public void A_vote_in_JSON_is_read_too()
    {
        var vote = VoteReader
            .Read(
                Role.Security,
                """
                {"reason": "r", "verdict": "reject", "decision": "d", "risks": [], "checks": ["c"], "confidence": 9,
                 "objections": [{"severity": "must", "at": "a.cs:1", "quote": "q", "text": "t", "proof": {"kind": "search", "arg": "q", "expect": "found"}}]}
                """
            )
            .Vote;
        Assert.Equal("search | q | found", Assert.Single(vote.Objections!).Proof);
        Assert.True(vote.Objections![0].Must);
    }

    [Fact]
    public void Too_much_is_cut_never_refused()
    {
        var vote = VoteReader
            .Read(Role.Dev, Form + "\n" + string.Concat(Enumerable.Repeat("RISK: low | " + new string('x', 500) + "\n", 9)))
            .Vote;
        Assert.Equal(3, vote.Risks.Count);
        Assert.All(vote.Risks, risk => Assert.True(risk.Length <= 200));
    }

    [Fact]
    public void Whatever_a_model_writes_is_a_vote_or_an_abstention() =>
        Gen.Int[0, Pieces.Length - 1]
            .Select(index => Pieces[index])
            .List[0, 40]
            .Holds(parts =>
                VoteReader.Read(Role.Dev, string.Join(' ', parts)).Vote is { } vote
                && (vote.State is VoteState.Valid || vote.Verdict is Verdict.Abstain)
            );

    private static readonly string[] Pieces =
    [
        "VERDICT:",
        "approve",
        "reject",
        "{",
        "}",
        "\"",
        "verdict",
        ":",
        "|",
        "OBJECTION: must | a:1 | b | c",
        "PROOF:",
        "\n",
        "CONFIDENCE: 5",
        "\u202e",
        "null",
        "[",
    ];

    private static Vote Read(string verdict) => VoteReader.Read(Role.Dev, $"VERDICT: {verdict}\nDECISION: d\nCONFIDENCE: 5").Vote;
}

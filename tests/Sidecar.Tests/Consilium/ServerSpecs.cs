using System.Text.Json;
using System.Text.Json.Nodes;
using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Consilium;

/// <summary>How the roles are asked depends on what the server can do.</summary>
public sealed class ServerSpecs
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly string[] Roles = ["Director", "Architect", "Security", "QA", "Dev", "Reviewer"];

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_replies_are_held_to_a_schema_votes_are_JSON()
    {
        await using var bench = Bench(LlamaCpp, [.. Roles.Select(role => Vote(role, Json(role is "QA" ? Objection : "")))]);
        await bench.RunAsync(Patience);
        var votes = bench.Events.OfType<VoteCast>().Select(cast => cast.Vote).ToList();
        Assert.Equal(6, votes.Count);
        Assert.All(votes, vote => Assert.Equal((VoteState.Valid, Verdict.Approve, 7), (vote.State, vote.Verdict, vote.Confidence)));
        Assert.Equal(ObjectionState.Verified, Assert.Single(votes.Single(vote => vote.Role is Role.Qa).Objections!).State);
        Assert.Equal(StopReason.Done, bench.Single<RunFinished>().Stop);
        Assert.Equal(
            Roles,
            Asked(bench)
                .Select(request => Roles.Single(role => request.LastUserText.Contains($"role is {role}.", StringComparison.Ordinal)))
        );
        Assert.All(Asked(bench), request => Assert.Equal("json_schema", (string?)Format(request)?["type"]));
    }

    [Fact]
    public async Task A_server_that_passes_over_the_schema_is_read_all_the_same_and_not_asked_for_it_again()
    {
        await using var bench = Bench(LlamaCpp, Says.AllVote("approve"));
        await bench.RunAsync(Patience);
        Assert.All(bench.Events.OfType<VoteCast>(), cast => Assert.Equal(VoteState.Valid, cast.Vote.State));
        Assert.Single(Asked(bench), request => Format(request) is not null);
        bench.Workspace.With("double.js", RunBench.Broken);
        await bench.RunAsync(Patience);
        Assert.Equal(12, Asked(bench).Count);
        Assert.Contains("VERDICT: one word", Asked(bench)[^1].LastUserText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recorded_run_with_JSON_votes_is_replayed_without_a_server()
    {
        await using var bench = Bench(LlamaCpp, [.. Roles.Select(role => Vote(role, Json("")))]);
        var cassette = bench.State["run.jsonl"];
        bench.Settings = bench.Settings with { Record = cassette };
        await bench.RunAsync(Patience);
        bench.Workspace.With("double.js", RunBench.Broken);
        bench.Events.Clear();
        bench.Settings = bench.Settings with { Record = null, Cassette = cassette, BaseUrl = null };
        await bench.RunAsync(Patience);
        Assert.Equal(StopReason.Done, bench.Single<RunFinished>().Stop);
    }

    [Fact]
    public async Task A_server_that_batches_is_asked_by_all_at_once_when_the_first_has_answered()
    {
        var gated = Roles
            .Skip(1)
            .Select(role =>
                Vote(
                    role,
                    new FakeReply
                    {
                        Text = Json(""),
                        Gates = new Dictionary<int, string> { [-1] = role },
                    }
                )
            );
        await using var bench = Bench(Vllm, [Vote("Director", Json("")), .. gated]);
        var run = bench.RunAsync(Patience);
        await Task.WhenAll(Roles.Skip(1).Select(bench.Server.ReachedAsync)).WaitAsync(Long, Patience);
        foreach (var role in Roles.Skip(1).Reverse())
        {
            bench.Server.Open(role);
        }
        await run;
        Assert.Equal(6, bench.Events.OfType<VoteCast>().Count());
        Assert.Equal(StopReason.Done, bench.Single<RunFinished>().Stop);
    }

    private const string Objection =
        """{"weight":"should","at":"double.js:1","quote":"export const double = (n)","text":"double.js adds one","proof":{"kind":"search","what":"n + n + 1 in double.js","expected":"found"}}""";

    private static FakeScript LlamaCpp =>
        new()
        {
            Paths = new Dictionary<string, JsonElement>
            {
                ["/props"] = JsonElement.Parse("""{"n_ctx":8192,"default_generation_settings":{"n_ctx":8192}}"""),
            },
        };

    private static FakeScript Vllm =>
        new() { Models = JsonElement.Parse("""{"data":[{"id":"coder","owned_by":"vllm","max_model_len":8192}]}""") };

    private static string Json(string objections) =>
        $$"""{"reason":"looked at it","verdict":"approve","decision":"Do it.","risks":[],"objections":[{{objections}}],"checks":["node --test"],"confidence":7}""";

    private static FakeRule Vote(string role, FakeReply reply) => new(reply) { Last = $"Your role is {role}." };

    [Theory]
    [InlineData(0, 4)]
    [InlineData(20, 4)]
    [InlineData(90, 6)]
    [InlineData(null, 6)]
    public async Task Where_the_server_reads_the_prefix_anew_for_two_roles_the_others_are_asked_together(int? percent, int questions)
    {
        string Ballot(string role) =>
            $"ROLE: {role}\nREASON: looked at it\nVERDICT: approve\nDECISION: {role} says approve.\nRISK: none\nCHECK: "
            + $"none\nCONFIDENCE: 7\n\n";
        var together = Says.Rule("in each of these roles", Ballot("QA") + Ballot("Dev") + Ballot("Reviewer"));
        await using var bench = Bench(
            new() { Quirk = (_, reply) => reply with { Usage = new(1_000, 30, percent * 10) } },
            [together, .. Says.AllVote("approve")]
        );

        await bench.RunAsync(Patience);

        var votes = bench.Events.OfType<VoteCast>().Select(cast => cast.Vote).ToList();
        Assert.Equal(Enum.GetValues<Role>().Order(), votes.Select(vote => vote.Role).Order());
        Assert.All(votes, vote => Assert.Equal((VoteState.Valid, Verdict.Approve, 7), (vote.State, vote.Verdict, vote.Confidence)));
        Assert.Equal(questions, bench.Server.Chats.Count(chat => chat.LastUserText.StartsWith("Judge the plan", StringComparison.Ordinal)));
        Assert.Equal(
            questions == 4,
            bench.Events.OfType<NoticeRaised>().Any(notice => notice.Title == "The server reads every prompt anew")
        );
        Assert.Equal(StopReason.Done, bench.Single<RunFinished>().Stop);
        var report = bench.Single<ReportWritten>().Report.Usage;
        Assert.Equal((percent ?? 0) * 10L * report.Requests, report.CachedTokens);
    }

    /// <summary>A recurrent model goes back to a checkpoint only, which stands 4 tokens and a batch of 512 before the end of an earlier
    /// prompt (llama.cpp, tools/server/server-context.cpp).</summary>
    [Theory]
    [InlineData(516, 4)]
    [InlineData(132, 6)]
    [InlineData(null, 6)]
    public async Task Where_each_role_costs_much_reading_the_server_decides_by_its_figures(int? checkpoint, int questions)
    {
        string Ballot(string role) =>
            $"ROLE: {role}\nREASON: fine\nVERDICT: approve\nDECISION: {role} says so.\nRISK: none\nCHECK: none\nCONFIDENCE: 7\n\n";
        await using var bench = Bench(
            new()
            {
                Cache = new() { Checkpoint = checkpoint, Timings = true },
                Models = JsonElement.Parse("""{"data":[{"id":"recurrent","context_length":32768}]}"""),
            },
            [Says.Rule("in each of these roles", Ballot("QA") + Ballot("Dev") + Ballot("Reviewer")), .. Says.AllVote("approve")]
        );
        // A prompt of some 1,800 tokens, as of a small project.
        await bench.RunAsync(Patience, string.Concat(Enumerable.Repeat("double(2) is 5, it must be 4. ", 150)));

        Assert.Equal(6, bench.Events.OfType<VoteCast>().Count(cast => cast.Vote.State is VoteState.Valid));
        Assert.Equal(questions, bench.Server.Chats.Count(chat => chat.LastUserText.StartsWith("Judge the plan", StringComparison.Ordinal)));
        var told = bench.Events.OfType<NoticeRaised>().Where(notice => notice.Title == "Each role costs the server much reading").ToList();
        Assert.Equal(
            questions == 4,
            told.Any(notice => notice.Description.Contains("tokens again for each role", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_role_whose_part_of_a_common_answer_is_missing_is_asked_alone()
    {
        var together = Says.Rule(
            "in each of these roles",
            "ROLE: QA\nREASON: fine\nVERDICT: approve\nDECISION: QA says approve.\nRISK: none\nCHECK: none\nCONFIDENCE: 7\nROLE: "
                + "Dev\nVERDICT: perhaps"
        );
        await using var bench = Bench(
            new() { Quirk = (_, reply) => reply with { Usage = new(1_000, 30, 0) } },
            [together, .. Says.AllVote("approve")]
        );
        await bench.RunAsync(Patience);
        Assert.All(bench.Events.OfType<VoteCast>(), cast =>
            Assert.Equal((VoteState.Valid, Verdict.Approve), (cast.Vote.State, cast.Vote.Verdict))
        );
        Assert.Equal(
            ["Director", "Architect", "Security", "Dev", "Reviewer"],
            Asked(bench)
                .Select(request => Roles.Single(role => request.LastUserText.Contains($"role is {role}.", StringComparison.Ordinal)))
        );
    }

    private static RunBench Bench(FakeScript server, IReadOnlyList<FakeRule> votes)
    {
        var bench = new RunBench(
            server with
            {
                Rules = [.. Says.Begin, .. votes, Says.Checklist("Correct the sum"), Says.Patch("double.js", RunBench.Solved)],
            }
        );
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        return bench;
    }

    private static List<FakeRequest> Asked(RunBench bench) =>
        [.. bench.Server.Chats.Where(request => request.LastUserText.Contains("Your role is", StringComparison.Ordinal))];

    private static JsonNode? Format(FakeRequest request) => request.Json!["response_format"];
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Consilium;

/// <summary>Whole runs in which the consilium matters; the transcripts are goldens (UPDATE_GOLDEN=1 rewrites them).</summary>
public sealed class ConsiliumRunSpecs
{
    private const string Proven =
        "OBJECTION: must | double.js:1 | \"export const double = (n)\" | double.js adds one\nPROOF: search | n + n + 1 in "
        + "double.js | found";
    private const string Unproven =
        "OBJECTION: must | double.js:1 | \"export const double = (n)\" | double.js is slow\nPROOF: search | sleep in double.js | found";
    private static readonly FakeRule Solved = Says.Patch("double.js", RunBench.Solved);
    private static readonly FakeRule Again = Says.Rule("Make a new plan", "STEP: Correct double.js and say why.\nFILE: double.js");

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public Task Six_approve() =>
        CheckAsync("approve", [.. Says.Begin, .. Says.AllVote("approve"), Says.Checklist("Correct the sum"), Solved]);

    [Fact]
    public Task A_plan_is_revised_and_then_approved() =>
        CheckAsync(
            "revise",
            [
                Says.Files("double.js"),
                Again,
                Says.Plan("double.js"),
                .. Says.AllVote("revise").Select(rule => rule.Once()),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ]
        );

    [Fact]
    public Task A_verified_veto_stops_the_run() =>
        CheckAsync(
            "veto",
            [Says.Files("double.js"), Again, Says.Plan("double.js"), Says.Vote("Security", "reject", Proven), .. Says.AllVote("approve")]
        );

    [Fact]
    public Task A_weak_veto_that_is_not_repeated_is_a_wish() =>
        CheckAsync(
            "veto-not-repeated",
            [
                Says.Files("double.js"),
                Again,
                Says.Plan("double.js"),
                Says.Vote("Security", "reject", Proven).Once(),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ]
        );

    [Fact]
    public Task An_objection_that_nobody_can_verify_is_advice() =>
        CheckAsync(
            "advice",
            [
                .. Says.Begin,
                Says.Vote("Security", "reject", Unproven),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ]
        );

    [Fact]
    public Task A_tie_is_revised() =>
        CheckAsync(
            "tie",
            [
                Says.Files("double.js"),
                Again,
                Says.Plan("double.js"),
                .. new[] { "Director", "Architect", "Security" }.Select(role => Says.Vote(role, "revise")),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ]
        );

    [Fact]
    public Task Two_malformed_votes_and_a_role_whose_server_is_gone() =>
        CheckAsync(
            "malformed-and-gone",
            [
                .. Says.Begin,
                Says.Rule("Your role is QA.", "I like it."),
                Says.Rule("Your role is Dev.", "Me too."),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ],
            bench => bench.Settings with { Roles = new Dictionary<Role, RoleModel> { [Role.Reviewer] = new(Gone.BaseUrl) } }
        );

    [Fact]
    public Task The_user_overrules_a_rejection() =>
        CheckAsync(
            "overruled",
            [
                Says.Files("double.js"),
                Again,
                Says.Plan("double.js"),
                Says.Vote("Security", "reject", Proven),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ],
            answer: true
        );

    [Fact]
    public Task The_user_stops_an_approved_plan() =>
        CheckAsync(
            "stopped",
            [.. Says.Begin, .. Says.AllVote("approve"), Says.Checklist("Correct the sum"), Solved],
            bench => bench.Settings with { ConfirmPlan = true },
            answer: false
        );

    [Theory]
    [InlineData("auto-1", "Correct double.js.", "double.js")]
    [InlineData("auto-3", "Correct double.js.", "double.js, other.js")]
    [InlineData("auto-6", "Change the public API of double.js.", "double.js, other.js")]
    public Task The_size_follows_the_risk(string golden, string step, string files) =>
        CheckAsync(
            golden,
            [
                Says.Files("double.js"),
                Says.Rule("Plan the change", $"STEP: {step}\nFILE: {files}"),
                Says.Rule("Answer these questions:", "VERDICT: approve\nDECISION: fine\nCONFIDENCE: 6"),
                .. Says.AllVote("approve"),
                Says.Checklist("Correct the sum"),
                Solved,
            ],
            bench => bench.Settings with { Consilium = ConsiliumSize.Auto, DiffBallot = DiffBallot.Off }
        );

    [Fact]
    public Task What_is_proven_against_the_change_is_repaired() =>
        CheckAsync(
            "diff-ballot",
            [
                .. Says.Begin,
                Says.Checklist("Correct the sum"),
                Says.Patch("double.js", RunBench.Solved + "// the sum of n and n\n"),
                Says.Rule("proven against the change", Says.Whole("double.js", RunBench.Solved)),
                (
                    Says.Rule(
                        "Your role is Reviewer.",
                        "VERDICT: revise\nDECISION: dead comment\nOBJECTION: must | double.js:2 | \"// the sum of n and n\" | the "
                            + "comment in double.js says nothing\nPROOF: search | // the sum of n in double.js | found\nCONFIDENCE: 9"
                    ) with
                    {
                        Any = "Judge the change above",
                    }
                ).Once(),
                .. Says.AllVote("approve"),
            ],
            bench => bench.Settings with { DiffBallot = DiffBallot.On }
        );

    [Fact]
    public async Task The_next_run_weighs_the_votes_by_what_came_of_the_last_one()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Vote("Dev", "reject"),
            .. Says.AllVote("approve"),
            Says.Checklist("Correct the sum"),
            Solved,
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        await bench.RunAsync(Patience);
        bench.Workspace.With("double.js", RunBench.Broken);
        bench.Events.Clear();
        await bench.RunAsync(Patience);
        Golden.Check("tests/Sidecar.Tests/Consilium/goldens/second-run.txt", Transcript.Of(bench.Events));
        Assert.Equal(bench.Events.OfType<TrackRecordUpdated>().Select(updated => updated.Standing), ConsiliumStats.Read(bench.Home));
    }

    [Fact]
    public async Task Roles_on_two_servers_vote_at_the_same_time_and_replay_from_one_cassette()
    {
        await using var other = new FakeModelServer(new FakeScript { Rules = [.. Says.AllVote("revise")] });
        await using var bench = new RunBench([.. Says.Begin, .. Says.AllVote("approve"), Says.Checklist("Correct the sum"), Solved]);
        bench.Settings = bench.Settings with
        {
            Consilium = ConsiliumSize.Full,
            Record = bench.State["recorded.jsonl"],
            Roles = new Dictionary<Role, RoleModel> { [Role.Qa] = new(other.BaseUrl), [Role.Security] = new(other.BaseUrl) },
        };
        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);
        Assert.Equal(2, other.Chats.Count);
        var asked = Votes(bench);
        Assert.Equal(2, asked.Count(vote => vote.Verdict is Verdict.Revise));
        bench.Workspace.With("double.js", RunBench.Broken);
        bench.Settings = bench.Settings with { Record = null, Cassette = bench.State["recorded.jsonl"] };
        bench.Events.Clear();
        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);
        Assert.Equal(asked, Votes(bench));
        Assert.Empty(bench.Events.OfType<TrackRecordUpdated>());
    }

    [Fact]
    public async Task A_role_gets_its_model_from_the_users_configuration_and_never_from_the_workspace()
    {
        await using var other = new FakeModelServer(new FakeScript { Rules = [.. Says.AllVote("revise")] });
        await using var bench = new RunBench([.. Says.Begin, .. Says.AllVote("approve"), Says.Checklist("Correct the sum"), Solved]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        var roles = $$"""{ "roles": { "qa": { "baseUrl": "{{other.BaseUrl}}" } } }""";
        bench.Workspace.With(".codex-sidecar/config.json", roles);
        await bench.RunAsync(Patience);
        Assert.Empty(other.Chats);
        Assert.Contains(bench.Events.OfType<NoticeRaised>(), notice =>
            notice.Description.Contains("\"roles\" is ignored", StringComparison.Ordinal)
        );
        bench.State.With("config/config.json", roles);
        bench.Workspace.With("double.js", RunBench.Broken);
        await bench.RunAsync(Patience);
        Assert.Single(other.Chats);
    }

    [Fact]
    public async Task A_rule_of_the_users_proves_that_a_command_is_refused()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Vote("QA", "revise", "OBJECTION: should | plan:1 | | it needs make deploy\nPROOF: policy | make deploy | deny"),
            .. Says.AllVote("approve"),
            Says.Checklist("Correct the sum"),
            Solved,
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full, Level = Level.ExtendedShell };
        bench.State.With(
            "config/config.json",
            """{ "rules": [{ "argv": ["make", "deploy"], "decision": "deny", "examples": ["make deploy"] }] }"""
        );
        await bench.RunAsync(Patience);
        var qa = bench.Events.OfType<VoteCast>().Single(cast => cast.Vote.Role is Role.Qa).Vote;
        Assert.Equal(ObjectionState.Verified, Assert.Single(qa.Objections!).State);
    }

    private static List<(Role Role, Verdict Verdict)> Votes(RunBench bench) =>
        [.. bench.Events.OfType<VoteCast>().Select(cast => (cast.Vote.Role, cast.Vote.Verdict)).Order()];

    private static async Task CheckAsync(
        string golden,
        IReadOnlyList<FakeRule> rules,
        Func<RunBench, RunSettings>? settings = null,
        bool? answer = null
    )
    {
        await using var bench = new RunBench(rules);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        bench.Settings = settings?.Invoke(bench) ?? bench.Settings;
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked asked)
            {
                session.Answer(asked.AskId, new(answer ?? false, answer is null ? AnsweredBy.Face : AnsweredBy.User));
            }
        };
        await bench.RunAsync(Patience);
        Golden.Check($"tests/Sidecar.Tests/Consilium/goldens/{golden}.txt", Transcript.Of(bench.Events));
    }

    /// <summary>An address nobody listens on any more.</summary>
    private static class Gone
    {
        public static string BaseUrl { get; } = Make();

        private static string Make()
        {
            var server = new FakeModelServer(new FakeScript());
            var url = server.BaseUrl;
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return url;
        }
    }
}

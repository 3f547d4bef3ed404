using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Whole runs: real files, real processes, real HTTP; only the model's words are written beforehand.</summary>
public sealed class WholeRunSpecs
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_solved_and_the_tests_prove_it()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal((StopReason.Done, RunBench.Solved), (outcome.Stop, bench.Workspace.Read("double.js")));
        var report = bench.Single<ReportWritten>().Report;
        Assert.Equal((TestOutcome.Failed, TestOutcome.Passed), (report.TestsBefore!.Outcome, report.TestsAfter!.Outcome));
        Assert.Equal("double.js", Assert.Single(report.Files).Path);
        Assert.IsType<RunFinished>(bench.Events[^1]);
        Assert.Single(bench.Events.OfType<RunFinished>());
        Assert.Equal(3, bench.Server.Chats.Count);
    }

    [Fact]
    public async Task A_run_obeys_the_rules_of_the_workspace_and_says_what_it_ignores()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        bench.Workspace.With(
            ".codex-sidecar/config.json",
            """{ "maxLevel": 0, "rules": [ { "argv": ["rm"], "decision": "allow", "examples": ["rm"] } ] }"""
        );
        var before = bench.Workspace.Fingerprint();
        await bench.RunAsync(Patience);
        Assert.Equal(0, bench.Single<RunStarted>().Level);
        Assert.Equal(
            [
                ".codex-sidecar/config.json: rule 1 (rm) is ignored: a workspace may forbid and have asked, only your own "
                    + "configuration may allow.",
                "The run works at level 0 (read_only): \"maxLevel\" allows no more.",
            ],
            bench.Events.OfType<NoticeRaised>().Where(notice => notice.Title == "Configuration").Select(notice => notice.Description)
        );
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Empty(bench.Events.OfType<TestsStarted>());
    }

    /// <summary>The model is shown the text, and a whole file that comes back keeps every other byte.</summary>
    [Fact]
    public async Task A_file_in_an_encoding_that_the_project_names_is_shown_and_written_in_it()
    {
        var cyrillic = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(1251)!;
        const string Comment = "// удвоить число\r\n";
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", $"{Comment.Replace("\r", "")}{RunBench.Solved}")]);
        bench.Workspace.With(".editorconfig", "root = true\n[*.js]\ncharset = windows-1251\n");
        File.WriteAllBytes(bench.Workspace["double.js"], cyrillic.GetBytes(Comment + RunBench.Broken));

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Contains("// удвоить число\n", bench.Server.Chats[^1].Messages[1].Text);
        Assert.Equal(Comment + RunBench.Solved, cyrillic.GetString(File.ReadAllBytes(bench.Workspace["double.js"])));
    }

    [Fact]
    public async Task Tests_that_fail_after_the_patch_are_repaired_with_their_failure()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "export const double = (n) => n * n * n;\n"),
            Says.Repair("double.js", RunBench.Solved),
        ]);
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal((StopReason.Done, RunBench.Solved), (outcome.Stop, bench.Workspace.Read("double.js")));
        var repair = bench.Server.Chats[^1].LastUserText;
        Assert.Contains("double of two is four", repair);
        Assert.Contains("n * n * n", repair);
        Assert.DoesNotContain(bench.Workspace.Path, bench.Server.Chats[^1].Body);
    }

    [Fact]
    public async Task Tests_that_never_pass_put_every_byte_back()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "export const double = (n) => 1;\n").Once(),
            Says.Repair("double.js", "export const double = (n) => 2;\n").Once(),
            Says.Repair("double.js", "export const double = (n) => 3;\n").Once(),
            Says.Patch("double.js", "export const double = () => 5;\n"),
        ]);
        var before = bench.Workspace.Fingerprint();
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.TestsFailed, outcome.Stop);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Equal(4, bench.Events.OfType<PatchProposed>().Count());
        // Without a shadow the files were changed, and had to be put back once more at the end.
        Assert.Equal(
            bench.HasShadow ? (0, 1) : (4, 2),
            (bench.Events.OfType<PatchApplied>().Count(), bench.Events.OfType<RolledBack>().Count())
        );
    }

    [Fact]
    public async Task A_cancelled_run_ends_with_its_one_last_event_and_the_files_as_before()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Patience);
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "export const double = (n) => 7;\n"),
            Says.Rule("the tests fail", "x") with
            {
                Reply = new FakeReply { Hang = true },
            },
        ]);
        var before = bench.Workspace.Fingerprint();
        bench.OnEvent = (_, happened) =>
        {
            if (happened is TestsFinished { Attempt: 1 })
            {
                cancel.Cancel();
            }
        };
        var outcome = await bench.RunAsync(cancel.Token);
        Assert.Equal(StopReason.Cancelled, outcome.Stop);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Equal(StopReason.Cancelled, bench.Single<RunFinished>().Stop);
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_ends_the_run_and_changes_nothing()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Rule("Carry out the plan", RunBench.Solved) with
            {
                Reply = new FakeReply { Status = 401, Body = "no" },
            },
        ]);
        var before = bench.Workspace.Fingerprint();
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.ModelUnavailable, outcome.Stop);
        Assert.Contains(bench.Server.BaseUrl, outcome.Message);
        Assert.Equal(before, bench.Workspace.Fingerprint());
    }

    [Fact]
    public async Task Nothing_to_change_is_an_answer_when_the_tests_are_green()
    {
        await using var bench = new RunBench([Says.Files("double.js"), Says.Rule("Plan the change", "NOTHING: it is right already")]);
        bench.Workspace.With("double.js", RunBench.Solved);
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.NothingToDo, outcome.Stop);
        Assert.Contains("it is right already", outcome.Message);
    }

    [Fact]
    public async Task Nothing_to_change_is_no_answer_when_the_tests_are_red()
    {
        await using var bench = new RunBench([Says.Files("double.js"), Says.Rule("Plan the change", "NOTHING: it is right already")]);
        Assert.Equal(StopReason.NoProgress, (await bench.RunAsync(Patience)).Stop);
    }

    [Fact]
    public async Task Six_roles_vote_and_the_Director_makes_the_checklist()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            .. Says.AllVote("approve"),
            Says.Checklist("Correct the sum"),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Equal(Enum.GetValues<Role>().Order(), bench.Events.OfType<VoteCast>().Select(cast => cast.Vote.Role));
        Assert.Equal(["Correct the sum", "Run node --test"], bench.Single<VotesTallied>().Checklist.Select(item => item.Text));
    }

    [Fact]
    public async Task All_prompts_after_the_analysis_begin_with_the_same_bytes()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            .. Says.AllVote("approve"),
            Says.Checklist("Correct the sum"),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        await bench.RunAsync(Patience);
        var later = bench.Server.Chats.Skip(2).ToList();
        Assert.Equal(8, later.Count);
        Assert.Single(later.Select(chat => string.Join('\n', chat.Messages.SkipLast(1).Select(message => message.Text))).Distinct());
    }

    [Fact]
    public async Task Votes_that_want_a_revision_get_one_new_plan()
    {
        await using var bench = new RunBench([
            Says.Files("double.js"),
            Says.Plan("double.js"),
            .. Says.AllVote("revise").Select(rule => rule.Once()),
            .. Says.AllVote("approve"),
            Says.Checklist("Correct the sum"),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Equal([Verdict.Revise, Verdict.Approve], bench.Events.OfType<VotesTallied>().Select(tally => tally.Verdict));
        Assert.Contains(
            "This plan was not approved",
            bench.Server.Chats.Single(chat => chat.LastUserText.Contains("Make a new plan", StringComparison.Ordinal)).LastUserText
        );
    }

    [Fact]
    public async Task A_verified_veto_that_stays_ends_the_run()
    {
        const string Veto =
            "OBJECTION: must | double.js:1 | \"export const double\" | double takes any input\nPROOF: search | double | found";
        await using var bench = new RunBench([
            Says.Files("double.js"),
            Says.Plan("double.js"),
            Says.Vote("Security", "reject", Veto),
            .. Says.AllVote("approve"),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal((StopReason.RejectedByConsilium, "veto"), (outcome.Stop, outcome.Detail));
        Assert.Empty(bench.Events.OfType<PatchProposed>());
    }

    [Fact]
    public async Task The_user_decides_hunk_by_hunk()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        bench.Settings = bench.Settings with { Review = ReviewMode.Ask };
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked question)
            {
                session.Answer(question.AskId, new Answer(false, AnsweredBy.User));
            }
        };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal((StopReason.UserRejected, RunBench.Broken), (outcome.Stop, bench.Workspace.Read("double.js")));
    }

    [Fact]
    public async Task Only_the_accepted_hunks_are_written()
    {
        const string Before = "export const half = (n) => n / 3;\n\n\nexport const double = (n) => n + n + 1;\n";
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "export const half = (n) => n / 2;\n\n\nexport const double = (n) => n + n;\n"),
        ]);
        bench.Workspace.With("double.js", Before);
        bench.Settings = bench.Settings with { Review = ReviewMode.Ask };
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked question)
            {
                var hunks = bench.Single<PatchProposed>().Files.Single().Hunks;
                session.Answer(
                    question.AskId,
                    new Answer(true, AnsweredBy.User, [new(hunks[0].HunkId, false), new(hunks[1].HunkId, true)])
                );
            }
        };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(
            (StopReason.Done, "export const half = (n) => n / 3;\n\n\nexport const double = (n) => n + n;\n"),
            (outcome.Stop, bench.Workspace.Read("double.js"))
        );
    }

    [Theory]
    [InlineData(Level.GitCommit, CommitMode.Auto, true)]
    [InlineData(Level.GitCommit, CommitMode.Ask, true)]
    [InlineData(Level.RunTests, CommitMode.Auto, false)]
    [InlineData(Level.GitCommit, CommitMode.Never, false)]
    public async Task A_solved_task_is_committed_only_when_asked_for_and_allowed(Level level, CommitMode mode, bool commits)
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        using var repository = new LibGit2Sharp.Repository(LibGit2Sharp.Repository.Init(bench.Workspace.Path));
        repository.Config.Set("user.name", "Ann");
        repository.Config.Set("user.email", "ann@localhost");
        bench.Settings = bench.Settings with { Level = level, Commit = mode };
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked { Subject: AskSubject.Commit } question)
            {
                session.Answer(question.AskId, new Answer(true, AnsweredBy.User));
            }
        };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Equal(commits ? ["double.js"] : [], repository.Head.Tip?.Tree.Select(entry => entry.Path) ?? []);
        Assert.Equal(commits ? 1 : 0, bench.Events.OfType<Committed>().Count());
    }

    [Fact]
    public async Task Level_0_plans_and_writes_nothing()
    {
        await using var bench = new RunBench([.. Says.Begin]);
        bench.Settings = bench.Settings with { Level = Level.ReadOnly };
        var before = bench.Workspace.Fingerprint();
        Assert.Equal(StopReason.Forbidden, (await bench.RunAsync(Patience)).Stop);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Single(bench.Events.OfType<PlanProposed>());
    }

    [Theory]
    [InlineData(".env")]
    [InlineData("link.txt")]
    public async Task A_file_with_secrets_never_reaches_the_model_whoever_names_it(string named)
    {
        const string Search = "```\n<<<<<<< SEARCH\nPASSPHRASE=something\n=======\nPASSPHRASE=else\n>>>>>>> REPLACE\n```\n";
        await using var bench = new RunBench(
            Says.Files(named, "double.js"),
            Says.Plan(named, "double.js"),
            Says.Rule("", $"{named}\n{Search}")
        );
        bench.Workspace.With(".env", "PASSPHRASE=correct horse battery\n");
        File.CreateSymbolicLink(bench.Workspace["link.txt"], ".env");
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.MalformedReplies, outcome.Stop);
        Assert.DoesNotContain("correct horse", string.Concat(bench.Server.Chats.Select(chat => chat.Body)));
        Assert.Equal("PASSPHRASE=correct horse battery\n", bench.Workspace.Read(".env"));
    }

    [Fact]
    public async Task A_value_hidden_from_the_model_is_not_overwritten_by_its_mark()
    {
        const string Secret = "const key = 'AKIAABCDEFGHIJKLMNOP';\n";
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", "const key = '[redacted:aws_key]';\n" + RunBench.Solved),
        ]);
        bench.Workspace.With("double.js", Secret + RunBench.Broken);
        var outcome = await bench.RunAsync(Patience);
        Assert.NotEqual(StopReason.Done, outcome.Stop);
        Assert.Equal(Secret + RunBench.Broken, bench.Workspace.Read("double.js"));
        Assert.DoesNotContain("AKIAABCDEFGHIJKLMNOP", string.Concat(bench.Server.Chats.Select(chat => chat.Body)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("I would rather talk about the weather.")]
    [InlineData("double.js\n```\nexport const double = (n) => n +")]
    public async Task A_reply_that_holds_no_edit_ends_the_run_after_three_tries(string reply)
    {
        await using var bench = new RunBench([.. Says.Begin, new FakeRule(new FakeReply { Text = reply })]);
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal((StopReason.MalformedReplies, RunBench.Broken), (outcome.Stop, bench.Workspace.Read("double.js")));
    }

    [Fact]
    public async Task A_recorded_run_replays_to_the_same_diff_without_any_server()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            .. Says.AllVote("approve"),
            Says.Checklist("Correct the sum"),
            Says.Patch("double.js", RunBench.Solved),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full, Record = bench.State["recorded.jsonl"] };
        await bench.RunAsync(Patience);
        var recorded = bench.Single<PatchProposed>().Files.Single().Unified;
        bench.Workspace.With("double.js", RunBench.Broken);
        bench.Events.Clear();
        await bench.Server.StopListeningAsync();
        bench.Settings = bench.Settings with { Record = null, BaseUrl = null, Cassette = bench.State["recorded.jsonl"] };
        var replayed = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.Done, replayed.Stop);
        Assert.Equal(recorded, bench.Single<PatchProposed>().Files.Single().Unified);
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
    }

    [Fact]
    public async Task A_replay_that_differs_fails_loudly_and_names_the_difference()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        bench.Settings = bench.Settings with { Record = bench.State["recorded.jsonl"] };
        await bench.RunAsync(Patience);
        bench.Workspace.With("double.js", RunBench.Broken);
        bench.Settings = bench.Settings with { Record = null, BaseUrl = null, Cassette = bench.State["recorded.jsonl"] };
        var outcome = await bench.RunAsync(Patience, "double(2) is 5, it must be SEVEN.");
        Assert.Equal(StopReason.CassetteMismatch, outcome.Stop);
        Assert.Contains("analysis:1", outcome.Message);
        Assert.Contains("SEVEN", outcome.Message);
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
    }

    [Fact]
    public async Task A_finished_run_can_be_undone_unless_the_file_has_changed_since()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        var outcome = await bench.RunAsync(Patience);
        var runs = new RunStore(bench.Home, TimeProvider.System);
        bench.Workspace.With("double.js", "mine\n");
        Assert.Equal(["double.js"], runs.Undo(runs.Find(outcome.RunId)!).Conflicts);
        Assert.Equal("mine\n", bench.Workspace.Read("double.js"));
        bench.Workspace.With("double.js", RunBench.Solved);
        Assert.Equal(["double.js"], runs.Undo(runs.Find(outcome.RunId)!).Restored);
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
        Assert.Equal(RunStatus.Undone, runs.Find(outcome.RunId)!.State);
    }
}

using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

public sealed class ToolRunnerSpecs : IDisposable
{
    private readonly ToolFolder folder = new();
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_write_is_decided_snapshotted_done_and_told_in_this_order()
    {
        folder.Tree.Write("a.txt", "old\n");

        var result = await folder.WriteAsync("a.txt", "new\n");

        Assert.Equal((true, "a.txt modified, +1 -1\n"), (result.Ok, result.Text));
        Assert.Equal(["snapshot a.txt; on disk: old"], folder.Steps);
        Assert.Equal("new\n", folder.Tree.Read("a.txt"));
        Assert.Equal(
            [
                "decided write_file a.txt: allow",
                $"done write_file a.txt: allow a.txt {WorkspaceRoot.Hash("old\n"u8)} -> {WorkspaceRoot.Hash("new\n"u8)}",
            ],
            folder.AuditLines()
        );
        Assert.Equal([typeof(ToolStarted), typeof(ToolFinished)], folder.Events.Select(happened => happened.GetType()));
        Assert.Equal("overwrite a whole file: a.txt", Assert.Single(folder.Questions).Question);
    }

    [Fact]
    public async Task What_the_level_forbids_is_refused_with_what_may_be_done_instead()
    {
        folder.Level = Level.ReadOnly;

        var result = await folder.WriteAsync("a.txt", "x");

        Assert.False(result.Ok);
        Assert.StartsWith("Refused. level 0 (read_only) may not create a file; level 1 (safe_write) may.", result.Text);
        Assert.Contains("You may: read files, look at the git history.", result.Text);
        Assert.False(File.Exists(folder.Tree.At("a.txt")));
        Assert.Empty(folder.Steps);
        Assert.Equal(["decided write_file a.txt: deny"], folder.AuditLines());
        Assert.Contains("\"ok\":false", folder.Told());
    }

    [Fact]
    public async Task A_no_of_the_user_is_a_no()
    {
        folder.Level = Level.ExtendedShell;
        folder.Answer = _ => new(false, AnsweredBy.User);

        var result = await folder.ShellAsync("touch made; rm -rf /");

        Assert.Contains("The user said no to: touch made; rm -rf /", result.Text);
        Assert.Equal(
            ("touch made; rm -rf /", AskSubject.Command, Risk.High, "t1"),
            (folder.Questions[0].Question, folder.Questions[0].Subject, folder.Questions[0].Risk, folder.Questions[0].ToolCallId)
        );
        Assert.False(File.Exists(folder.Tree.At("made")));
        Assert.Equal(["ask"], folder.Runner.Commands.Select(command => command.Decision));
    }

    [Fact]
    public async Task A_level_lowered_while_the_question_is_open_counts()
    {
        folder.Level = Level.ExtendedShell;
        folder.Answer = _ =>
        {
            folder.Level = Level.SafeWrite;
            return new(true, AnsweredBy.User);
        };

        var result = await folder.ShellAsync("touch made");

        Assert.StartsWith("Refused. level 1 (safe_write) may not", result.Text);
        Assert.False(File.Exists(folder.Tree.At("made")));
    }

    [Fact]
    public async Task Without_a_sandbox_every_command_asks_unless_the_user_consented()
    {
        folder.Context = folder.Context with { Sandbox = SandboxKind.None };
        await folder.ShellAsync("ls");
        Assert.Equal("ls", Assert.Single(folder.Questions).Question);

        await new ToolRunner(folder.Context with { AllowUnsandboxed = true }).RunAsync(
            "shell",
            JsonDocument.Parse("""{"command":"ls"}""").RootElement,
            Token
        );
        Assert.Single(folder.Questions);
    }

    [Theory]
    [InlineData("no_such", "{}", "the tools are read_file, write_file, list_dir, search, git, shell")]
    [InlineData("read_file", "{}", "\"path\" is missing. Its input looks like this: read_file {\"path\"")]
    [InlineData("read_file", "[]", "has to be an object")]
    [InlineData("read_file", """{"path":{}}""", "has to be text")]
    [InlineData("read_file", """{"path":"a.txt","lines":"x"}""", "like 10-40")]
    [InlineData("read_file", """{"path":"../../etc/passwd"}""", "leaves the workspace")]
    [InlineData("read_file", """{"path":"none.txt"}""", "none.txt does not exist")]
    [InlineData("search", """{"query":"(a)\\1","regex":true}""", "back-references")]
    [InlineData("search", """{"query":"(","regex":true}""", "no regular expression")]
    [InlineData("write_file", """{"path":"a","content":"x","mode":"append"}""", "overwrite or patch")]
    [InlineData("git", """{"cmd":"push"}""", "there is no cmd")]
    [InlineData("git", """{"cmd":"commit","message":"x"}""", "\"paths\"")]
    public async Task Input_that_cannot_be_used_is_answered_in_words(string tool, string input, string expected)
    {
        var result = await folder.RunAsync(tool, input);

        Assert.False(result.Ok);
        Assert.Contains(expected, result.Text);
        Assert.Equal([typeof(ToolStarted), typeof(ToolFinished)], folder.Events.Select(happened => happened.GetType()));
        Assert.NotEmpty(folder.AuditLines());
    }

    [Fact]
    public async Task Text_that_is_half_a_character_is_no_fault()
    {
        var result = await folder.RunAsync("read_file", """{"path":"\ud800"}""");

        Assert.Equal((false, "The input holds text that is not Unicode."), (result.Ok, result.Text));
    }

    [Fact]
    public void A_long_text_without_lines_keeps_two_thirds_and_one_third()
    {
        var text = ToolText.ForModel(new string('a', 5_000) + new string('b', 5_000), 900);

        Assert.Equal($"{new string('a', 600)}\n[… 9100 characters left out …]\n{new string('b', 300)}", text);
    }

    [Fact]
    public async Task Missing_input_is_no_fault() => Assert.False((await folder.Runner.RunAsync("search", default, Token)).Ok);

    [Fact]
    public async Task An_action_that_cannot_be_audited_does_not_happen()
    {
        Directory.CreateDirectory(Path.Join(folder.Tree.Store, "audit.jsonl"));
        folder.Context = folder.Context with { Audit = new AuditLog(folder.Tree.Store, new Impatient()) };

        await Assert.ThrowsAnyAsync<IOException>(() => folder.WriteAsync("a.txt", "x"));

        Assert.False(File.Exists(folder.Tree.At("a.txt")));
        Assert.Contains("\"ok\":false", folder.Told());
    }

    [Fact]
    public async Task A_snapshot_that_fails_stops_the_write()
    {
        folder.Context = folder.Context with { BeforeWrite = (_, _) => throw new InvalidOperationException("disk full") };

        await Assert.ThrowsAsync<InvalidOperationException>(() => folder.WriteAsync("a.txt", "x"));

        Assert.False(File.Exists(folder.Tree.At("a.txt")));
        Assert.Equal(["decided write_file a.txt: allow", "done write_file a.txt:  failed: InvalidOperationException"], folder.AuditLines());
    }

    [Fact]
    public async Task A_cancelled_command_is_dead_and_in_the_audit()
    {
        using var cancel = new CancellationTokenSource();
        folder.Level = Level.ExtendedShell;
        folder.Context = folder.Context with
        {
            Emit = happened =>
            {
                folder.Events.Add(happened);
                cancel.CancelAfter(TimeSpan.FromMilliseconds(200));
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            folder.Runner.RunAsync("shell", JsonDocument.Parse("""{"command":"sleep 600"}""").RootElement, cancel.Token)
        );

        Assert.Equal(["decided shell sleep 600: allow", "done shell sleep 600:  cancelled"], folder.AuditLines());
        Assert.Contains("cancelled", folder.Told());
    }

    [Fact]
    public async Task Secrets_in_input_and_output_reach_nobody()
    {
        var secret = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345";
        folder.Level = Level.ExtendedShell;

        var result = await folder.ShellAsync($"echo {secret}");
        await folder.WriteAsync("a.txt", secret);
        await folder.RunAsync("search", $$"""{"query":"{{secret}}"}""");

        Assert.Contains("[redacted:github_token]", result.Text);
        Assert.DoesNotContain(
            secret,
            folder.Told()
                + result.Summary
                + string.Concat(folder.AuditLines())
                + string.Concat(folder.Runner.Commands)
                + await File.ReadAllTextAsync(Path.Join(folder.Tree.Store, "audit.jsonl"), Token)
        );
        Assert.Equal(secret, folder.Tree.Read("a.txt").Trim());
    }

    [Fact]
    public async Task Commands_are_kept_for_the_report()
    {
        await folder.ShellAsync("ls");
        await folder.ShellAsync("curl http://example.com");
        await folder.ShellAsync("false");

        Assert.Equal(
            [
                ("ls", "allow", 0, "bubblewrap"),
                ("curl http://example.com", "deny", null, "bubblewrap"),
                ("false", "allow", 1, "bubblewrap"),
            ],
            folder.Runner.Commands.Select(command => (command.Command, command.Decision, command.ExitCode, command.Sandbox))
        );
    }

    [Fact]
    public async Task Actions_with_events_of_their_own_emit_none_here()
    {
        var action = new ToolAction<ToolResult>(
            "shell",
            JsonDocument.Parse("{}").RootElement,
            [new(ActionKind.Read, "x")],
            [],
            _ => Task.FromResult(new ToolResult(true, "", "")),
            HasOwnEvents: true
        );

        Assert.False((await folder.Runner.RunAsync(action, Token)).Refused);

        Assert.Empty(folder.Events);
    }

    [Fact]
    public void The_description_is_short_and_in_one_order()
    {
        var text = ToolRunner.Describe(readOnly: false);

        Assert.Equal(
            ["read_file", "write_file", "list_dir", "search", "git", "shell"],
            text.Split('\n').Select(line => line.Split(' ')[0])
        );
        // About 3 characters a token for JSON.
        Assert.InRange(text.Length, 100, 750);
        Assert.Equal(
            ["read_file", "list_dir", "search", "git"],
            ToolRunner.Describe(readOnly: true).Split('\n').Select(line => line.Split(' ')[0])
        );
        Assert.DoesNotContain("commit", ToolRunner.Describe(readOnly: true));
        Assert.All(text.Split('\n'), line => JsonDocument.Parse(line[line.IndexOf('{')..(line.LastIndexOf('}') + 1)]));
    }

    private sealed class Impatient : TimeProvider
    {
        private long minutes;
        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 60 * Interlocked.Increment(ref minutes);
    }
}

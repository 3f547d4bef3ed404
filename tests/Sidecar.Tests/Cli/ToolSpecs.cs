using System.Text.Json;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>One tool at a time, through the built program; what it says, leaves behind, and how it is undone and audited.</summary>
public sealed class ToolSpecs : IDisposable
{
    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder home = new();

    public ToolSpecs() => workspace.With("a.txt", "one\ntwo\n").With(".env", "KEY=hunter2\n");

    public void Dispose()
    {
        workspace.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task Reading_answers_with_one_object_and_is_no_run()
    {
        var ended = await Tool("read_file", """{"path":"a.txt","lines":"2-2"}""", "--level", "0");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var answer = Answer(ended);
        Assert.Equal(
            (true, "done", "allow", "two\n[lines 2-2, the last one]"),
            (answer.GetProperty("ok").GetBoolean(), Text(answer, "end"), Text(answer, "decision"), Text(answer, "text"))
        );
        Assert.False(answer.TryGetProperty("undo", out _));
        Assert.Contains("No runs yet.", (await Run("runs", "list")).Out);
    }

    [Theory]
    [InlineData(4, "refused", "read_file", """{"path":".env"}""")]
    [InlineData(4, "refused", "read_file", """{"path":"../outside"}""")]
    [InlineData(4, "refused", "write_file", """{"path":"b.txt","content":"x"}""", "--level", "0")]
    [InlineData(4, "refused", "write_file", """{"path":"a.txt","content":"x"}""", "--level", "2")]
    [InlineData(4, "refused", "shell", """{"command":"rm -rf ."}""", "--level", "4")]
    [InlineData(1, "failed", "read_file", """{"path":"missing.txt"}""")]
    [InlineData(2, "not_usable", "read_file", """{"file":"a.txt"}""")]
    [InlineData(2, "not_usable", "git", """{"cmd":"push"}""")]
    public async Task Each_way_a_call_can_end_has_its_exit_code(int exitCode, string end, string tool, string input, params string[] more)
    {
        var before = workspace.Fingerprint();
        var ended = await Tool(tool, input, more);
        Assert.Equal((exitCode, end), (ended.ExitCode, Text(Answer(ended), "end")));
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task What_would_be_asked_is_denied_where_nobody_can_be_asked_and_says_how()
    {
        var ended = await Tool("write_file", """{"path":"a.txt","content":"x"}""", "--level", "1");
        Assert.Equal(4, ended.ExitCode);
        Assert.Equal(
            "Not allowed, since nobody can be asked here: overwrite a whole file: a.txt (level 1 (safe_write) has to ask before it "
                + "may overwrite a whole file; run it on a terminal to be asked, or use a level or a rule that allows it)\n",
            ended.Error
        );
    }

    [Fact]
    public async Task A_command_that_only_looks_is_no_run_either()
    {
        var ended = await Tool("shell", """{"command":"cat a.txt"}""", "--allow-unsandboxed");
        Assert.Equal((0, "one\ntwo\n[exit code 0]"), (ended.ExitCode, Text(Answer(ended), "text")));
        Assert.Contains("No runs yet.", (await Run("runs", "list")).Out);
    }

    [Fact]
    public async Task A_write_is_a_run_that_can_be_undone()
    {
        workspace.With("new.json", """{"path":"src/b.txt","content":"fresh\n"}""");
        var before = workspace.Fingerprint();
        var ended = await Run("tool", "write_file", "--json", "@new.json", "--level", "1");
        Assert.Equal((0, "fresh\n"), (ended.ExitCode, workspace.Read("src/b.txt")));
        var run = Text(Answer(ended), "undo");

        Assert.Contains("tool write_file: src/b.txt", (await Run("runs", "list")).Out);
        Assert.Contains("write_file", (await Run("runs", "show", run)).Out);
        Assert.Equal(0, (await Run("runs", "undo", run)).ExitCode);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task What_a_command_changed_can_be_undone_too()
    {
        home.With(
            "config/config.json",
            """{ "rules": [ { "argv": ["touch", "made.txt"], "decision": "allow", "examples": ["touch made.txt"] } ] }"""
        );
        var before = workspace.Fingerprint();
        var ended = await Tool("shell", """{"command":"touch made.txt"}""", "--level", "4", "--allow-unsandboxed");
        Assert.Equal((0, "user rule 1 (touch made.txt)"), (ended.ExitCode, Text(Answer(ended), "rule")));
        Assert.True(File.Exists(workspace["made.txt"]));
        Assert.Equal(0, (await Run("runs", "undo", Text(Answer(ended), "undo"))).ExitCode);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task Every_call_is_audited_and_the_chain_is_proved()
    {
        await Tool("read_file", """{"path":"a.txt"}""");
        var written = Answer(await Tool("write_file", """{"path":"b.txt","content":"x\n"}"""));
        await Tool("shell", """{"command":"curl http://example.com"}""");

        var verified = await Run("audit", "verify");
        Assert.Equal((0, $"✓ 5 lines, the chain holds.   {home["state/audit.jsonl"]}\n"), (verified.ExitCode, verified.Out));
        var shown = await Run("audit", "show");
        Assert.Contains("allow read_file a.txt", shown.Out);
        Assert.Contains(
            "deny  shell curl http://example.com   level 2 (run_tests) may not reach the network, at no level: curl needs the network.",
            shown.Out
        );
        Assert.DoesNotContain("\e", shown.Out);

        var lines = (await Run("audit", "show", "--run", Text(written, "run"), "--json"))
            .Out.TrimEnd('\n')
            .Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(["decided", "done"], lines.Select(line => Text(line, "phase")));
        Assert.Equal(("person", "cli", Environment.UserName), (Text(lines[0], "role"), Text(lines[0], "face"), Text(lines[0], "user")));
        Assert.StartsWith("codex-sidecar ", Text(lines[0], "who"));
        Assert.Contains("b.txt", Text(lines[0], "arguments"));
        var file = lines[1].GetProperty("facts").GetProperty("files")[0];
        Assert.Equal(("b.txt", 64, false), (Text(file, "path"), Text(file, "after").Length, file.TryGetProperty("before", out _)));
    }

    [Fact]
    public async Task A_changed_line_of_the_audit_is_named()
    {
        await Tool("read_file", """{"path":"a.txt"}""");
        await Tool("list_dir", "{}");
        var log = home["state/audit.jsonl"];
        File.WriteAllText(log, File.ReadAllText(log).Replace("\"a.txt\"", "\"c.txt\"", StringComparison.Ordinal));
        var ended = await Run("audit", "verify");
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("✗ The chain is broken at line ", ended.Out);
    }

    [Theory]
    [InlineData(
        "There is no tool 'frob'; the tools are read_file, write_file, list_dir, search, git, shell. See codex-sidecar tool --help.",
        "frob",
        "{}"
    )]
    [InlineData("The input is no JSON: ", "read_file", "{")]
    [InlineData("The input cannot be read: ", "read_file", "@nowhere.json")]
    public async Task Bad_usage_is_told(string sentence, string tool, string input)
    {
        var ended = await Tool(tool, input);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Out));
        Assert.StartsWith(sentence, ended.Error);
    }

    [Fact]
    public async Task Help_lists_the_six_tools_with_their_arguments()
    {
        var ended = await Run("tool", "--help");
        foreach (
            var tool in new[]
            {
                "read_file {\"path\"",
                "write_file {\"path\"",
                "list_dir {\"path\"",
                "search {\"query\"",
                "git {\"cmd\"",
                "shell {\"command\"",
            }
        )
        {
            Assert.Contains($"\n  {tool}", ended.Out);
        }
    }

    private Task<Ended> Tool(string tool, string input, params IReadOnlyList<string> more) => Run(["tool", tool, "--json", input, .. more]);

    private Task<Ended> Run(params IReadOnlyList<string> arguments) => SidecarProcess.RunAsync(home.Path, workspace.Path, arguments);

    private static JsonElement Answer(Ended ended) => JsonDocument.Parse(ended.Out).RootElement;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

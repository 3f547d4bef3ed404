using System.Text.Json;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>The rules as people and scripts ask for them, through the built program.</summary>
public sealed class PolicySpecs : IDisposable
{
    private const string DenyDeploy = """{"argv":["make","deploy"],"decision":"deny","why":"People deploy.","examples":["make deploy"]}""";
    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder home = new();

    public PolicySpecs() => workspace.With("package.json", """{ "scripts": { "test": "node --test" } }""");

    public void Dispose()
    {
        workspace.Dispose();
        home.Dispose();
    }

    [Theory]
    [InlineData("allow", "--level", "2", "--", "ls", "-la")]
    [InlineData("allow", "--level", "2", "--", "npm", "test")]
    [InlineData("deny", "--level", "1", "--", "npm", "test")]
    [InlineData("deny", "--", "rm", "-rf", "build")]
    [InlineData("ask", "--level", "extended_shell", "--", "rm", "-rf", "build")]
    [InlineData("deny", "--level", "4", "--", "git", "push", "--force")]
    [InlineData("ask", "--level", "4", "--command", "ls > out.txt")]
    [InlineData("deny", "--level", "3", "--command", "ls && curl http://example.com")]
    [InlineData("allow", "--level", "0", "--command", "git status")]
    [InlineData("deny", "--level", "0", "--command", "git log --graph")]
    public async Task Check_says_what_would_be_decided_and_runs_nothing(string decision, params string[] arguments)
    {
        var ended = await Run(["policy", "check", "--json", .. arguments]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        using var json = JsonDocument.Parse(ended.Out);
        Assert.Equal(["decision", "rule", "reason"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(decision, json.RootElement.GetProperty("decision").GetString());
        Assert.False(Directory.Exists(home["state"]));
    }

    [Fact]
    public async Task A_reason_is_for_people()
    {
        home.With("config/config.json", $$"""{ "rules": [ {{DenyDeploy}} ] }""");
        var ended = await Run("policy", "check", "--level", "4", "--", "timeout", "5", "make", "deploy");
        Assert.Equal(
            new Ended(
                0,
                "deny\n  rule    user rule 1 (make deploy)\n  reason  User rule 1 (make deploy) forbids this: People deploy.\n",
                ""
            ),
            ended
        );
    }

    [Fact]
    public async Task Show_draws_the_table_and_names_rules_with_their_files()
    {
        home.With(
            "config/config.json",
            """{ "commit": { "coAuthor": false }, "rules": [ { "argv": ["./gen"], "decision": "allow", "examples": ["./gen"] } ] }"""
        );
        workspace.With(
            ".codex-sidecar/config.json",
            $$"""{ "maxLevel": 3, "rules": [ {{DenyDeploy}}, { "argv": ["./gen"], "decision": "allow", "examples": ["./gen"] } ] }"""
        );
        var ended = await Run("policy", "show");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("run the project's tests ", ended.Out);
        Assert.Contains($"allow ./gen   rule 1 of {home["config/config.json"]}\n", ended.Out);
        Assert.Contains($"deny  make deploy: People deploy.   rule 1 of {workspace[".codex-sidecar/config.json"]}\n", ended.Out);
        Assert.Contains("No run here works above level 3 (maxLevel).\n", ended.Out);
        Assert.Contains("Commits do not name the agent", ended.Out);
        Assert.Contains("! .codex-sidecar/config.json: rule 2 (./gen) is ignored: a workspace may forbid", ended.Out);

        using var json = JsonDocument.Parse((await Run("policy", "show", "--json")).Out);
        Assert.Equal(
            ["deny", "deny", "allow", "allow", "allow"],
            json.RootElement.GetProperty("matrix")
                .EnumerateArray()
                .Single(row => row.GetProperty("action").GetString() == "run_tests")
                .GetProperty("byLevel")
                .EnumerateArray()
                .Select(cell => cell.GetString())
        );
    }

    [Fact]
    public async Task A_workspace_cannot_raise_a_level_or_allow_anything()
    {
        workspace.With(
            ".codex-sidecar/config.json",
            """{ "maxLevel": 4, "rules": [ { "argv": ["rm"], "decision": "allow", "network": true, "examples": ["rm"] } ] }"""
        );
        Assert.StartsWith("deny\n", (await Run("policy", "check", "--level", "2", "--", "rm", "x")).Out);
        Assert.StartsWith("ask\n", (await Run("policy", "check", "--level", "4", "--", "rm")).Out);
    }

    [Theory]
    [InlineData(
        "config/config.json",
        """{ "rules": [ { "argv": ["make"], "decision": "deny", "examples": ["npm test"] } ] }""",
        "rule 1 (make): its example \"npm test\" is not covered by it; it has to begin with these words.\n"
    )]
    [InlineData(
        "config/config.json",
        """{ "rulez": [] }""",
        "there is no member \"rulez\"; there are maxLevel, rules, commit, roles, mcpServers.\n"
    )]
    public async Task A_broken_rule_stops_everything_before_it_begins(string file, string text, string sentence)
    {
        home.With(file, text);
        foreach (
            var arguments in new string[][]
            {
                ["policy", "show"],
                ["policy", "check", "--", "ls"],
                ["solve", "x", "--base-url", "http://127.0.0.1:9"],
                ["tool", "list_dir", "--json", "{}"],
            }
        )
        {
            var ended = await Run(arguments);
            Assert.Equal((2, "", $"{home[file]}: {sentence}"), (ended.ExitCode, ended.Out, ended.Error));
        }
    }

    [Theory]
    [InlineData("Which command? Put its words after --, or use --command \"COMMAND\".", "policy", "check")]
    [InlineData("--command and words after -- are two commands: use one of them.", "policy", "check", "--command", "ls", "--", "ls")]
    public async Task Check_needs_one_command(string sentence, params string[] arguments)
    {
        var ended = await Run(arguments);
        Assert.Equal(new Ended(2, "", $"{sentence} See codex-sidecar policy check --help.\n"), ended);
    }

    private Task<Ended> Run(params IReadOnlyList<string> arguments) => SidecarProcess.RunAsync(home.Path, workspace.Path, arguments);
}

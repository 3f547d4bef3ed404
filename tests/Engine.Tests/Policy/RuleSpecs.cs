using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Policy.Rules;

namespace CodexSidecar.Engine.Tests.Policy;

public sealed class RuleSpecs
{
    private const string DenyDeploy =
        """{"argv":["make","deploy"],"decision":"deny","why":"People deploy.","examples":["make deploy --prod"],"not":["make test"]}""";
    private const string AllowGenerate = """{"argv":["./generate","--all"],"decision":"allow","examples":["./generate --all"]}""";
    private const string AllowInstall = """{"argv":["npm","ci"],"decision":"allow","network":true,"examples":["npm ci"]}""";

    [Theory]
    [InlineData("make deploy", 4, "deny")]
    [InlineData("make deploy --prod", 4, "deny")]
    [InlineData("timeout 5 make deploy", 4, "deny")]
    [InlineData("env X=1 make deploy", 4, "deny")]
    [InlineData("/usr/bin/make deploy", 4, "deny")]
    [InlineData("./make deploy", 4, "deny")]
    [InlineData("MAKE deploy", 4, "deny")]
    [InlineData("ls && make deploy", 4, "deny")]
    [InlineData("bash -c 'ls; make deploy'", 4, "deny")]
    [InlineData("bash -c \"make deploy > log\"", 4, "deny")]
    [InlineData("make deploy > log", 4, "deny")]
    [InlineData("X=$(make deploy)", 4, "deny")]
    [InlineData("make deploying", 4, "ask")]
    [InlineData("make test", 2, "allow")]
    [InlineData("make deploy", 2, "deny")]
    public void What_forbids_holds_for_every_command_that_begins_so_wherever_it_hides(string command, int level, string expected)
    {
        Assert.Equal(expected, Decide(User(DenyDeploy), command, level));
        Assert.Equal(expected, Decide(Workspace(DenyDeploy), command, level));
    }

    [Theory]
    [InlineData("./generate --all", 4, "allow")]
    [InlineData("./generate --all", 3, "deny")]
    [InlineData("./generate", 4, "ask")]
    [InlineData("./generate --all --more", 4, "ask")]
    [InlineData("timeout 5 ./generate --all", 4, "ask")]
    [InlineData("./generate --all > out", 4, "ask")]
    [InlineData("ls && ./generate --all", 4, "allow")]
    [InlineData("rm -rf . && ./generate --all", 4, "ask")]
    public void What_a_user_allows_holds_for_exactly_these_words_at_level_4(string command, int level, string expected) =>
        Assert.Equal(expected, Decide(User(AllowGenerate), command, level));

    [Theory]
    [InlineData("npm ci", 4, "allow")]
    [InlineData("npm ci", 3, "deny")]
    [InlineData("npm ci --registry http://evil", 4, "deny")]
    [InlineData("npm install", 4, "deny")]
    public void The_network_is_granted_to_a_named_command_only(string command, int level, string expected) =>
        Assert.Equal(expected, Decide(User(AllowInstall), command, level));

    [Fact]
    public void Without_a_sandbox_no_rule_loosens() =>
        Assert.Equal(
            Permission.Ask,
            LevelPolicy
                .Decide(
                    new(Level.ExtendedShell, Sandboxed: false) { Rules = User(AllowGenerate) },
                    CommandJudge.Judge("./generate --all", [])
                )
                .Permission
        );

    [Fact]
    public void The_strictest_of_level_user_and_workspace_decides_and_says_why()
    {
        var both = User(AllowGenerate)
            .With(Workspace("""{"argv":["./generate"],"decision":"deny","why":"It is slow.","examples":["./generate"]}"""));
        Assert.Equal(
            new Decision(
                Permission.Deny,
                "workspace rule 1 (./generate)",
                "Workspace rule 1 (./generate) forbids this: It is slow.",
                Risk.Medium
            ),
            LevelPolicy.Decide(new(Level.ExtendedShell, Sandboxed: true) { Rules = both }, CommandJudge.Judge("./generate --all", []))
        );
    }

    [Fact]
    public void A_workspace_can_only_tighten_and_what_loosens_is_named()
    {
        var rules = RuleFile.Parse(
            Encoding.UTF8.GetBytes(
                $$"""{"maxLevel":1,"commit":{"coAuthor":false},"rules":[{{AllowGenerate}},{{AllowInstall}},{{DenyDeploy}}]}"""
            ),
            RuleSource.Workspace,
            "w.json"
        );
        Assert.Equal([3], rules.Rules.Select(rule => rule.Number));
        Assert.Equal(Level.SafeWrite, rules.Cap(Level.ExtendedShell));
        Assert.Equal(Level.ReadOnly, rules.Cap(Level.ReadOnly));
        Assert.True(rules.CoAuthor);
        Assert.Equal(
            [
                "w.json: rule 1 (./generate --all) is ignored: a workspace may forbid and have asked, only your own "
                    + "configuration may allow.",
                "w.json: rule 2 (npm ci) is ignored: a workspace may forbid and have asked, only your own configuration may allow.",
                "w.json: \"commit.coAuthor\" is ignored: it belongs to your own configuration.",
            ],
            rules.Notices
        );
    }

    /// <summary>Whatever the rules say, these stay what the level makes of them.</summary>
    [Theory]
    [InlineData("rm -rf build")]
    [InlineData("git push")]
    [InlineData("git reset --hard")]
    [InlineData("cat .env")]
    [InlineData("sudo ls")]
    [InlineData("bash -c 'rm -rf build'")]
    public void No_rule_allows_what_destroys_reaches_a_remote_or_shows_secrets(string command)
    {
        var argv = System.Text.Json.JsonSerializer.Serialize(CommandGrammar.TryParse(command, out var segments, out _) ? segments[0] : []);
        var file =
            $$"""{"rules":[{"argv":{{argv}},"decision":"allow","network":true,"examples":[{{System.Text.Json.JsonSerializer.Serialize(command)}}]}]}""";
        Assert.Contains("has no effect on its example", Refused(file));
    }

    [Theory]
    [InlineData("""{"rulez":[]}""", "c.json: there is no member \"rulez\"; there are maxLevel, rules, commit, roles, mcpServers.")]
    [InlineData("""{"level":4}""", "c.json: there is no member \"level\"; there are maxLevel, rules, commit, roles, mcpServers.")]
    [InlineData("""{"commit":{"coauthor":false}}""", "c.json: commit: there is no member \"coauthor\"; there are coAuthor.")]
    [InlineData(
        """{"rules":[{"argv":["x"],"desicion":"deny"}]}""",
        "c.json: rule 1: there is no member \"desicion\"; there are argv, decision, network, why, examples, not."
    )]
    [InlineData("""{"maxLevel":5}""", "c.json: \"maxLevel\" is 5; it has to be 0 to 4.")]
    [InlineData("""{"rules":[null]}""", "c.json: rule 1 needs \"argv\"")]
    [InlineData("""{"rules":[{"argv":[],"decision":"deny"}]}""", "c.json: rule 1 needs \"argv\"")]
    [InlineData(
        """{"rules":[{"argv":["x"],"decision":"forbid","examples":["x"]}]}""",
        "c.json: rule 1 (x) needs \"decision\": \"allow\", \"ask\" or \"deny\"."
    )]
    [InlineData("""{"rules":[{"argv":["x"],"decision":"deny"}]}""", "c.json: rule 1 (x) needs \"examples\"")]
    [InlineData(
        """{"rules":[{"argv":["x"],"decision":"deny","network":true,"examples":["x"]}]}""",
        "c.json: rule 1 (x) forbids the command and grants it the network"
    )]
    [InlineData(
        """{"rules":[{"argv":["make","x"],"decision":"deny","examples":["make y"]}]}""",
        "c.json: rule 1 (make x): its example \"make y\" is not covered by it; it has to begin with these words."
    )]
    [InlineData(
        """{"rules":[{"argv":["./x"],"decision":"allow","examples":["./x y"]}]}""",
        "c.json: rule 1 (./x): its example \"./x y\" is not covered by it; what allows has to be exactly these words."
    )]
    [InlineData(
        """{"rules":[{"argv":["make"],"decision":"ask","examples":["make"],"not":["make x"]}]}""",
        "c.json: rule 1 (make): \"make x\" stands under \"not\", and the rule covers it."
    )]
    [InlineData(
        """{"rules":[{"argv":["curl"],"decision":"allow","examples":["curl"]}]}""",
        "c.json: rule 1 (curl) has no effect on its example \"curl\": level 4 (extended_shell) may not reach the network"
    )]
    [InlineData("""{"maxLevel":1,"maxLevel":4}""", "c.json, line 1")]
    [InlineData("{\n\"maxLevel\": \"2\"}", "c.json, line 2, maxLevel: it cannot be read")]
    [InlineData("null", "c.json has to be a JSON object.")]
    [InlineData("", "c.json, line 1")]
    public void A_mistake_is_told_with_the_file_and_the_place(string file, string sentence) => Assert.StartsWith(sentence, Refused(file));

    [Fact]
    public void Comments_and_a_last_comma_are_welcome() =>
        Assert.Single(
            RuleFile.Parse(Encoding.UTF8.GetBytes($"{{ // mine\n\"rules\": [{DenyDeploy},], /* end */ }}"), RuleSource.User, "c.json").Rules
        );

    private static string Refused(string file) =>
        Assert.Throws<RuleFileException>(() => RuleFile.Parse(Encoding.UTF8.GetBytes(file), RuleSource.User, "c.json")).Message;

    private static RuleSet User(string rule) =>
        RuleFile.Parse(Encoding.UTF8.GetBytes($$"""{"rules":[{{rule}}]}"""), RuleSource.User, "u.json");

    private static RuleSet Workspace(string rule) =>
        RuleFile.Parse(Encoding.UTF8.GetBytes($$"""{"rules":[{{rule}}]}"""), RuleSource.Workspace, "w.json");

    private static string Decide(RuleSet rules, string command, int level) =>
        Wire.Name(LevelPolicy.Decide(new((Level)level, Sandboxed: true) { Rules = rules }, CommandJudge.Judge(command, [])).Permission);
}

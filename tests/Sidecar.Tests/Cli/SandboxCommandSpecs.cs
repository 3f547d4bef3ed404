using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>One command as the agent would run it. Where no sandbox works these run without one, as a user would have to allow.</summary>
public sealed class SandboxCommandSpecs : IDisposable
{
    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder home = new();

    public SandboxCommandSpecs() => workspace.With("a.txt", "hello\n");

    public void Dispose()
    {
        workspace.Dispose();
        home.Dispose();
    }

    [Theory]
    [InlineData(0, "hello\n", "cat", "a.txt")]
    [InlineData(7, "out\nerr\n", "sh", "-c", "echo out; echo err >&2; exit 7")]
    [InlineData(127, "no-such-program: command not found\n", "no-such-program")]
    [InlineData(143, "", "sh", "-c", "kill -TERM $$")]
    public async Task The_commands_output_and_exit_code_come_back(int exitCode, string output, params string[] argv)
    {
        var ended = await Run([], argv);
        Assert.Equal(new Ended(exitCode, output, ""), ended);
    }

    [Fact]
    public async Task What_takes_too_long_ends_with_124()
    {
        var ended = await Run(["--timeout", "1"], "sh", "-c", "echo begun; exec sleep 600");
        Assert.Equal((124, "begun\n"), (ended.ExitCode, ended.Out));
        Assert.StartsWith("It did not end within 1 seconds", ended.Error);
    }

    [Fact]
    public async Task With_a_level_the_command_is_judged_as_the_agents()
    {
        Assert.Equal((0, "hello\n"), await Short(["--level", "2"], "cat", "a.txt"));
        var refused = await Run(["--level", "2"], "rm", "a.txt");
        Assert.Equal((126, "", "hello\n"), (refused.ExitCode, refused.Out, workspace.Read("a.txt")));
        Assert.StartsWith(
            "Not run: level 2 (run_tests) may not run a command that can destroy data; level 4 (extended_shell) asks for it",
            refused.Error
        );
    }

    [Fact]
    public async Task A_rule_forbids_also_what_was_typed_by_hand()
    {
        home.With("config/config.json", """{ "rules": [ { "argv": ["cat"], "decision": "deny", "examples": ["cat x"] } ] }""");
        var ended = await Run([], "cat", "a.txt");
        Assert.Equal(new Ended(126, "", "Not run: User rule 1 (cat) forbids this.\n"), ended);
    }

    [Fact]
    public async Task The_environment_is_clean_and_there_is_no_input()
    {
        var ended = await Run([], "sh", "-c", "echo \"[$CODEX_SIDECAR_HOME]\"; cat");
        Assert.Equal(new Ended(0, "[]\n", ""), ended);
    }

    private async Task<(int, string)> Short(string[] options, params string[] argv)
    {
        var ended = await Run(options, argv);
        return (ended.ExitCode, ended.Out);
    }

    private Task<Ended> Run(string[] options, params IReadOnlyList<string> argv) =>
        SidecarProcess.RunAsync(home.Path, workspace.Path, ["sandbox", "run", "--allow-unsandboxed", .. options, "--", .. argv]);
}

using System.Collections.Concurrent;
using CodexSidecar.Engine.Processes;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>What must hold on every backend; the subclasses run it all with and without the sandbox.</summary>
public abstract class CommandRunnerSpecs : IDisposable
{
    private readonly CommandFolder folder = new();

    private protected abstract Task<Sandbox> SandboxAsync(string folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_command_runs_in_its_folder_and_its_exit_code_is_told()
    {
        var result = await ShellAsync("pwd; exit 3");

        Assert.Equal((3, folder.Path + "\n", false, false), (result.ExitCode, result.Output, result.TimedOut, result.Truncated));
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] words = ["a b", "", "$HOME", "'\"\\", "*", "новый\nстрока", "-x"];

        var result = await (await SandboxAsync(folder.Path)).RunAsync(folder, ["printf", "%s|", .. words]);

        Assert.Equal(string.Concat(words.Select(word => word + "|")), result.Output);
    }

    [Fact]
    public async Task Both_outputs_are_one_text_in_order_of_arrival()
    {
        var result = await ShellAsync("for i in 1 2 3 4 5; do echo out$i; echo err$i >&2; done");

        Assert.Equal("out1\nerr1\nout2\nerr2\nout3\nerr3\nout4\nerr4\nout5\nerr5\n", result.Output);
    }

    [Fact]
    public async Task Output_that_is_not_text_arrives_with_replacement_characters()
    {
        var result = await ShellAsync(@"printf 'a\377b\303'; printf '\251c\360\237\230'");

        Assert.Equal("a\uFFFDbéc\uFFFD", result.Output);
    }

    [Fact]
    public async Task There_is_no_input()
    {
        var result = await ShellAsync("cat; echo end");

        Assert.Equal("end\n", result.Output);
    }

    [Fact]
    public async Task Output_is_shown_while_the_command_runs()
    {
        // The command waits until the test has seen its first line.
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = seen.Task.ContinueWith(_ => folder.Write("go", ""), TaskScheduler.Default);
        var spec = new CommandSpec(
            ["bash", "-c", "echo first; until [ -e go ]; do :; done; echo second"],
            folder.Path,
            TimeSpan.FromSeconds(30)
        );

        var result = await Runner(await SandboxAsync(folder.Path)).RunAsync(spec, _ => seen.TrySetResult(), Running.Token);

        Assert.Equal("first\nsecond\n", result.Output);
    }

    [Fact]
    public async Task Too_much_output_keeps_its_beginning_and_its_end()
    {
        var live = new ConcurrentQueue<string>();
        var spec = new CommandSpec(
            ["bash", "-c", "echo begin; head -c 30000000 /dev/zero | tr '\\0' x; echo; echo end"],
            folder.Path,
            TimeSpan.FromSeconds(30),
            OutputCap: 1000
        );

        var result = await Runner(await SandboxAsync(folder.Path)).RunAsync(spec, live.Enqueue, Running.Token);

        Assert.True(result.Truncated);
        Assert.StartsWith("begin\nxxx", result.Output);
        Assert.EndsWith("x\nend\n", result.Output);
        Assert.Contains("[… 29999011 characters left out …]", result.Output);
        Assert.Equal(1000, live.Sum(text => text.Length));
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_told_as_a_shell_tells_it()
    {
        var result = await (await SandboxAsync(folder.Path)).RunAsync(folder, "no-such-program", "x");

        Assert.Equal((127, "no-such-program: command not found\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task The_end_by_a_signal_is_told_as_a_shell_tells_it()
    {
        var result = await ShellAsync("kill -TERM $$");

        Assert.Equal(143, result.ExitCode);
    }

    [Fact]
    public async Task A_broken_pipe_ends_a_command_as_usual()
    {
        var result = await ShellAsync("yes | head -1; echo ${PIPESTATUS[0]}");

        Assert.Equal("y\n141\n", result.Output);
    }

    [Fact]
    public async Task The_environment_is_a_short_list()
    {
        Environment.SetEnvironmentVariable("OPENAI_API_KEY", "sk-secret");
        Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", "/run/agent");

        var result = await (await SandboxAsync(folder.Path)).RunAsync(folder, "env");

        var names = result.Output.Split('\n').Select(line => line.Split('=')[0]).ToHashSet();
        Assert.DoesNotContain("OPENAI_API_KEY", names);
        Assert.DoesNotContain("SSH_AUTH_SOCK", names);
        Assert.Contains("TERM=dumb\n", result.Output);
        Assert.Contains("CI=1\n", result.Output);
        Assert.Superset(
            new HashSet<string> { "PATH", "HOME", "DOTNET_CLI_HOME", "npm_config_cache", "PYTHONDONTWRITEBYTECODE", "NO_COLOR" },
            names
        );
    }

    [Fact]
    public async Task A_program_planted_in_the_workspace_is_not_found_by_its_name()
    {
        folder.WriteProgram("bin/ls", "#!/bin/sh\necho planted\n");
        var before = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{folder.At("bin")}:.:bin:{before}");
        try
        {
            var result = await (await SandboxAsync(folder.Path)).RunAsync(folder, "ls");

            Assert.Equal("bin\n", result.Output);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    [Theory]
    [InlineData("exec -a NAME sleep 7777")]
    [InlineData("trap '' TERM INT HUP; while :; do (exec -a NAME sleep 7777); done")]
    [InlineData(
        "setsid bash -c 'exec -a NAME sleep 7777' & (setsid nohup bash -c 'exec -a NAME sleep 7777' &) & wait; exec -a NAME sleep 7777"
    )]
    public async Task At_the_time_limit_the_whole_tree_is_dead(string script)
    {
        var name = Guid.NewGuid().ToString("n");
        var spec = new CommandSpec(["bash", "-c", script.Replace("NAME", name)], folder.Path, TimeSpan.FromMilliseconds(300));

        var result = await Runner(await SandboxAsync(folder.Path)).RunAsync(spec, null, Running.Token);

        Assert.Equal((true, null), (result.TimedOut, result.ExitCode));
        Assert.Empty(Running.FindAlive(name));
    }

    [Fact]
    public async Task A_daemon_left_behind_is_dead_when_the_command_has_ended()
    {
        var secret = Guid.NewGuid().ToString("n");

        var result = await ShellAsync(
            $"(setsid bash -c 'exec -a {secret} sleep 7777' </dev/null >/dev/null 2>&1 &) ; until pgrep -f '^{secret}' >/dev/null; "
                + $"do :; done; echo started"
        );

        Assert.Equal("started\n", result.Output);
        Assert.Empty(Running.FindAlive(secret));
    }

    [Fact]
    public async Task A_daemon_that_keeps_the_output_open_does_not_keep_the_command_open()
    {
        var result = await ShellAsync("sleep 7777 & echo done");

        Assert.Equal((0, "done\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Cancelling_kills_the_whole_tree()
    {
        var secret = Guid.NewGuid().ToString("n");
        using var cancel = new CancellationTokenSource();
        var spec = new CommandSpec(
            ["bash", "-c", $"setsid bash -c 'exec -a {secret} sleep 7777' & bash -c 'exec -a {secret} sleep 7777' & echo up; wait"],
            folder.Path,
            TimeSpan.FromSeconds(60)
        );

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Empty(Running.FindAlive(secret));

        async Task RunAsync() => await Runner(await SandboxAsync(folder.Path)).RunAsync(spec, _ => cancel.Cancel(), cancel.Token);
    }

    [Fact]
    public async Task Twenty_commands_at_once_do_not_mix()
    {
        var sandbox = await SandboxAsync(folder.Path);

        var results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => sandbox.ShellAsync(folder, $"for n in 1 2 3; do echo {i}; done; exit {i}"))
        );

        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => ($"{i}\n{i}\n{i}\n", (int?)i)),
            results.Select(result => (result.Output, result.ExitCode))
        );
    }

    private static CommandRunner Runner(Sandbox sandbox) => new(sandbox, TimeProvider.System);

    private async Task<CommandResult> ShellAsync(string script) => await (await SandboxAsync(folder.Path)).ShellAsync(folder, script);
}

public sealed class SandboxedCommandSpecs : CommandRunnerSpecs
{
    private protected override Task<Sandbox> SandboxAsync(string folder) => Sandbox.ProbeAsync(folder, Running.Token);
}

public sealed class UnsandboxedCommandSpecs : CommandRunnerSpecs
{
    private protected override Task<Sandbox> SandboxAsync(string folder) => Task.FromResult(Sandbox.WithoutAny(folder, "for the test"));
}

using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

public sealed class UsageSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("codex-sidecar-usage-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("There is no option --levl. Did you mean --level?", "solve", "--levl", "2", "task")]
    [InlineData("There is no option --levl. Did you mean --level?", "solve", "task", "--levl=2")]
    [InlineData("There is no option --frobnicate. See codex-sidecar solve --help.", "solve", "task", "--frobnicate")]
    [InlineData("There is no command 'slove'. Did you mean solve?", "slove", "task")]
    [InlineData(
        "Which command? solve, try, runs, consilium, policy, tool, patch, audit, sandbox, doctor, serve, acp, mcp. See "
            + "codex-sidecar --help."
    )]
    [InlineData("Which command? list, show, undo, diff, apply, discard. See codex-sidecar runs --help.", "runs")]
    [InlineData("Which command? apply. See codex-sidecar patch --help.", "patch")]
    [InlineData("There is no option --rot. Did you mean --root?", "patch", "apply", "--rot", "x")]
    [InlineData("The workspace folder does not exist: /does/not/exist", "patch", "apply", "--root", "/does/not/exist")]
    [InlineData(
        "There is one word too many: 'the'. Put text with spaces in quotes. See codex-sidecar solve --help.",
        "solve",
        "fix",
        "the",
        "bug"
    )]
    [InlineData(
        "The task is empty: say what you want done, in quotes, such as codex-sidecar solve \"Fix the failing test\". See "
            + "codex-sidecar solve --help.",
        "solve",
        "  "
    )]
    [InlineData("Required argument 'TASK' missing for command: 'solve'. See codex-sidecar solve --help.", "solve")]
    [InlineData(
        "--level must be one of 0 read_only, 1 safe_write, 2 run_tests, 3 git_commit, 4 extended_shell; '5' is none of them. See "
            + "codex-sidecar solve --help.",
        "solve",
        "task",
        "--level",
        "5"
    )]
    [InlineData(
        "--consilium must be one of full, auto, off; 'half' is none of them. See codex-sidecar solve --help.",
        "solve",
        "task",
        "--consilium",
        "half"
    )]
    [InlineData(
        "--cassette replays and --record records: use one of them. See codex-sidecar solve --help.",
        "solve",
        "task",
        "--cassette",
        "a",
        "--record",
        "b"
    )]
    [InlineData(
        "--base-url needs an address that begins with http:// or https://, such as http://127.0.0.1:8080/v1; 'localhost:8080' is "
            + "none. See codex-sidecar solve --help.",
        "solve",
        "task",
        "--base-url",
        "localhost:8080"
    )]
    [InlineData(
        "--api-key-env needs the name of an environment variable (letters, digits, _), not the key itself: export MY_KEY=..., then "
            + "--api-key-env MY_KEY. See codex-sidecar solve --help.",
        "solve",
        "task",
        "--api-key-env",
        "sk-secret"
    )]
    [InlineData("The workspace folder does not exist: /does/not/exist", "solve", "@task", "--workspace", "/does/not/exist")]
    [InlineData(
        "The workspace folder does not exist: /does/not/exist",
        "solve",
        "--workspace",
        "/does/not/exist",
        "--level",
        "Read-Only",
        "--json",
        "--",
        "--task"
    )]
    public async Task Bad_usage_is_one_sentence_on_stderr_and_exit_code_2(string sentence, params string[] arguments)
    {
        var ended = await SidecarProcess.RunAsync(folder, folder, arguments);
        Assert.Equal(new Ended(2, "", sentence + "\n"), ended);
    }

    [Theory]
    [InlineData("solve", "task", "--base-url", "http://127.0.0.1:9/v1")]
    [InlineData("tool", "read_file", "--json", "{\"path\":\"a.txt\"}")]
    [InlineData("patch", "apply", "reply.txt")]
    public async Task Where_nothing_can_be_kept_it_says_so(params string[] arguments)
    {
        File.WriteAllText(Path.Join(folder, "a.txt"), "a\n");
        File.WriteAllText(Path.Join(folder, "reply.txt"), "a.txt\n```\nb\n```\n");
        var home = Path.Join(folder, "a.txt");
        var ended = await SidecarProcess.RunAsync(home, folder, arguments);
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith($"Cannot write to {home}", ended.Error.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        Assert.EndsWith("Set CODEX_SIDECAR_HOME to a folder that you can write to.\n", ended.Error, StringComparison.Ordinal);
        Assert.Equal("a\n", File.ReadAllText(home));
    }

    [Fact]
    public async Task A_patch_in_a_code_page_is_refused()
    {
        File.WriteAllBytes(Path.Join(folder, "reply.txt"), [.. "new.txt\n```\n"u8, 0xE4, 0xE0, .. "\n```\n"u8]);
        var ended = await SidecarProcess.RunAsync(folder, folder, "patch", "apply", "reply.txt");
        Assert.Equal(new Ended(2, "", "The input is no UTF-8 text. Convert it first, for example with iconv.\n"), ended);
        Assert.False(File.Exists(Path.Join(folder, "new.txt")));
    }

    [Fact]
    public async Task A_folder_name_with_terminal_commands_is_told_harmlessly()
    {
        var ended = await SidecarProcess.RunAsync(folder, folder, "solve", "task", "--workspace", "/no\e[31m/such");
        Assert.Equal(new Ended(2, "", "The workspace folder does not exist: /no␛[31m/such\n"), ended);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("solve", "--help")]
    [InlineData("runs", "--help")]
    [InlineData("policy", "--help")]
    [InlineData("policy", "check", "--help")]
    [InlineData("policy", "show", "--help")]
    [InlineData("tool", "--help")]
    [InlineData("patch", "--help")]
    [InlineData("patch", "apply", "--help")]
    [InlineData("audit", "--help")]
    [InlineData("audit", "verify", "--help")]
    [InlineData("audit", "show", "--help")]
    [InlineData("serve", "--help")]
    [InlineData("sandbox", "--help")]
    [InlineData("sandbox", "run", "--help")]
    [InlineData("mcp", "--help")]
    public async Task Help_teaches_with_examples(params string[] arguments)
    {
        var ended = await SidecarProcess.RunAsync(folder, folder, arguments);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("Examples:\n  codex-sidecar ", ended.Out);
        Assert.DoesNotContain("record-label", ended.Out);
    }
}

using System.Text.Json;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>A single command runs in a shadow of its own: what it changed is taken over when it ends, and listed; the repository and
/// protected files are not.</summary>
public sealed class ShadowedCommandSpecs : IDisposable
{
    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder home = new();

    public ShadowedCommandSpecs()
    {
        Needs.Overlay();
        workspace
            .With("a.txt", "one\n")
            .With("src/b.txt", "two\n")
            .With(".gitignore", "bin/\n")
            .With(".git/HEAD", "ref: refs/heads/main\n")
            .With(".vscode/tasks.json", "{}\n");
    }

    public void Dispose()
    {
        workspace.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task What_it_changed_is_taken_over_and_listed_and_the_rest_is_named()
    {
        const string Work =
            "rm -rf .git; echo more >> a.txt; rm -r src; echo new > c.txt; ln -s a.txt l; ln -s /etc/hosts h; ln -s nowhere n; "
            + "mkdir bin; echo o > bin/o; mkfifo f; echo x > .vscode/tasks.json";
        var ended = await Run("sandbox", "run", "--", "sh", "-c", Work);

        Assert.Equal(0, ended.ExitCode);
        var lines = ended.Error.TrimEnd().Split('\n');
        Assert.Equal("Changed: a.txt, c.txt, l, n, src/b.txt", lines[^2]);
        Assert.StartsWith(
            "Not taken over: f (no regular file), h (a link that leads out of the workspace), .vscode/tasks.json (",
            lines[^1],
            StringComparison.Ordinal
        );
        Assert.EndsWith(".git (what a command does to the repository stays in its shadow)", lines[^1], StringComparison.Ordinal);
        Assert.Equal(
            ("one\nmore\n", "new\n", "{}\n"),
            (workspace.Read("a.txt"), workspace.Read("c.txt"), workspace.Read(".vscode/tasks.json"))
        );
        Assert.Equal("a.txt", new FileInfo(workspace["l"]).LinkTarget);
        Assert.Equal("ref: refs/heads/main\n", workspace.Read(".git/HEAD"));
        Assert.False(Directory.Exists(workspace["src"]) || Directory.Exists(workspace["bin"]) || Path.Exists(workspace["f"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(home["state/shadows"]));
    }

    [Fact]
    public async Task A_command_that_changes_nothing_says_nothing() =>
        Assert.Equal(new Ended(0, "one\n", ""), await Run("sandbox", "run", "--", "cat", "a.txt"));

    [Fact]
    public async Task What_the_shell_tool_changed_is_in_its_answer_and_can_be_undone()
    {
        home.With(
            "config/config.json",
            """{ "rules": [ { "argv": ["sh", "work.sh"], "decision": "allow", "examples": ["sh work.sh"] } ] }"""
        );
        workspace.With("work.sh", "echo more >> a.txt; rm -rf .git src; mkdir -p new/er; echo n > new/er/n.txt; chmod +x work.sh\n");
        var before = workspace.Fingerprint();

        var ended = await Run("tool", "shell", "--json", """{"command":"sh work.sh"}""", "--level", "4");

        using var answer = JsonDocument.Parse(ended.Out);
        var text = answer.RootElement.GetProperty("text").GetString()!;
        Assert.Contains("\nChanged: a.txt, new/er/n.txt, src/b.txt, work.sh\nNot taken over: .git (", text, StringComparison.Ordinal);
        Assert.Equal("one\nmore\n", workspace.Read("a.txt"));
        Assert.NotEqual(before, workspace.Fingerprint());
        Assert.Equal(0, (await Run("runs", "undo", answer.RootElement.GetProperty("undo").GetString()!)).ExitCode);
        Assert.Equal(before, workspace.Fingerprint());
    }

    private Task<Ended> Run(params IReadOnlyList<string> arguments) => SidecarProcess.RunAsync(home.Path, workspace.Path, [.. arguments]);
}

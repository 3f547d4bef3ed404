using System.Text.Json;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>A model's reply through the built program: all of it is written or nothing, it is audited, and can be undone.</summary>
public sealed class PatchSpecs : IDisposable
{
    private const string Good =
        "Sure!\n\na.txt\n```\n<<<<<<< SEARCH\ntwo\n=======\nzwei\n>>>>>>> REPLACE\n```\n\nsrc/new.txt\n```\nfresh\n```\n";

    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder home = new();

    public PatchSpecs() =>
        workspace.With("a.txt", "one\ntwo\n").With("src/c.txt", "c\n").With("b.txt", "beta\n").With(".env", "KEY=hunter2\n");

    public void Dispose()
    {
        workspace.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task A_reply_is_written_as_a_whole_and_undone_byte_for_byte()
    {
        var before = workspace.Fingerprint();
        var ended = await Apply(Good);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(("one\nzwei\n", "fresh\n"), (workspace.Read("a.txt"), workspace.Read("src/new.txt")));
        Assert.StartsWith("  modified a.txt +1 -1\n  @@ -1,2 +1,2 @@\n   one\n  -two\n  +zwei\n  added src/new.txt +1 -0\n", ended.Out);
        Assert.Contains("✓ 2 files, +2 -1 written.   To take it back: codex-sidecar runs undo ", ended.Out);
        Assert.DoesNotContain("\e", ended.Out);

        var run = ended.Out.TrimEnd().Split(' ')[^1];
        Assert.Contains("patch apply: a.txt, src/new.txt", (await Run("runs", "list")).Out);
        Assert.Contains("+zwei", (await Run("runs", "show", run)).Out);
        Assert.Equal(0, (await Run("runs", "undo", run)).ExitCode);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task What_was_written_through_a_link_is_undone_and_a_mode_of_the_users_stays()
    {
        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.CreateSymbolicLink(workspace["src/alias.txt"], "../a.txt");
        var ended = await Apply("src/alias.txt\n```\n<<<<<<< SEARCH\ntwo\n=======\nzwei\n>>>>>>> REPLACE\n```\n");
        Assert.Equal((0, "one\nzwei\n"), (ended.ExitCode, workspace.Read("a.txt")));
        FileModes.Set(workspace["a.txt"], Mine);

        var undone = await Run("runs", "undo", ended.Out.TrimEnd().Split(' ')[^1]);

        Assert.Equal((0, "  ↩ a.txt\n1 file put back. The mode you gave since then stays: a.txt.\n"), (undone.ExitCode, undone.Out));
        Assert.Equal(("one\ntwo\n", Mine), (workspace.Read("a.txt"), FileModes.Get(workspace["a.txt"])));
    }

    [Fact]
    public async Task One_bad_block_and_nothing_is_written()
    {
        var before = workspace.Fingerprint();
        var ended = await Apply(Good + "\nb.txt\n<<<<<<< SEARCH\ngamma\n=======\ndelta\n>>>>>>> REPLACE\n");
        Assert.Equal((1, ""), (ended.ExitCode, ended.Error));
        Assert.EndsWith(
            "✗ block 3 b.txt not_found: The lines to change are not in b.txt. Copy them from the file exactly as they are.\nNothing "
                + "was written.\n",
            ended.Out
        );
        Assert.Equal(before, workspace.Fingerprint());
        Assert.Contains("No runs yet.", (await Run("runs", "list")).Out);
    }

    [Fact]
    public async Task A_dry_run_shows_and_writes_nothing()
    {
        var before = workspace.Fingerprint();
        var ended = await Apply(Good, "--dry-run");
        Assert.Equal(0, ended.ExitCode);
        Assert.EndsWith("2 files, +2 -1 would be written.\n", ended.Out);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task The_text_may_be_a_file_and_the_folder_another_one()
    {
        home.With("fix.diff", "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n");
        var ended = await SidecarProcess.RunAsync(home.Path, home.Path, "patch", "apply", "fix.diff", "--root", workspace.Path);
        Assert.Equal((0, "one\nzwei\n"), (ended.ExitCode, workspace.Read("a.txt")));
    }

    /// <summary>Git and diff write the lines of each file in the file's own bytes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_diff_in_the_bytes_of_its_files_is_applied(bool isFile)
    {
        // Of an unknown code page, in a named one, and UTF-8: in one diff, as git prints it.
        byte[] Diff(string name, ReadOnlySpan<byte> old, ReadOnlySpan<byte> now) =>
            [
                .. System.Text.Encoding.UTF8.GetBytes($"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1,2 +1,2 @@\n "),
                .. old,
                .. "\n-two\n+2 "u8,
                .. now,
                10,
            ];
        workspace.With(".editorconfig", "[ru.txt]\ncharset = windows-1251\n");
        File.WriteAllBytes(workspace["lat.txt"], [.. "caf"u8, 0xE9, .. "\ntwo\n"u8]);
        File.WriteAllBytes(workspace["ru.txt"], [0xE4, 0xE0, .. "\ntwo\n"u8]);
        File.WriteAllBytes(workspace["ü.txt"], [.. "é\ntwo\n"u8]);
        byte[] patch =
        [
            .. Diff("lat.txt", [.. "caf"u8, 0xE9], [0xE9]),
            .. Diff("ru.txt", [0xE4, 0xE0], [0xED, 0xE5, 0xF2]),
            .. Diff("ü.txt", "é"u8, "é"u8),
        ];
        File.WriteAllBytes(home["fix.diff"], patch);

        var ended = isFile
            ? await Run("patch", "apply", home["fix.diff"])
            : await SidecarProcess.RunWithBytesAsync(home.Path, workspace.Path, patch, "patch", "apply");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal([.. "caf"u8, 0xE9, .. "\n2 "u8, 0xE9, 10], File.ReadAllBytes(workspace["lat.txt"]));
        Assert.Equal([0xE4, 0xE0, .. "\n2 "u8, 0xED, 0xE5, 0xF2, 10], File.ReadAllBytes(workspace["ru.txt"]));
        Assert.Equal("é\n2 é\n", workspace.Read("ü.txt"));
    }

    [Theory]
    [InlineData("a.txt", "is in utf-8, and the bytes of this block are not")]
    [InlineData("new.txt", "nothing says in which encoding its bytes are")]
    public async Task Bytes_that_are_not_in_the_encoding_of_their_file_are_refused(string path, string expected)
    {
        workspace.With("a.txt", "é\ntwo\n");
        var names =
            path == "a.txt" ? "--- a/a.txt\n+++ b/a.txt\n@@ -2,1 +2,1 @@\n-two\n+" : "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1,1 @@\n+";
        File.WriteAllBytes(home["fix.diff"], [.. System.Text.Encoding.UTF8.GetBytes(names), 0xE9, 10]);
        var before = workspace.Fingerprint();

        var refused = Json(await Run("patch", "apply", home["fix.diff"], "--json")).GetProperty("refused")[0];

        Assert.Equal(("encoding", path), (Text(refused, "code"), Text(refused, "path")));
        Assert.Contains(expected, Text(refused, "message"));
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task With_json_it_answers_with_one_object()
    {
        var answer = Json(await Apply(Good, "--json"));
        Assert.Equal(
            ("applied", 2, 0),
            (Text(answer, "end"), answer.GetProperty("files").GetArrayLength(), answer.GetProperty("refused").GetArrayLength())
        );
        Assert.Equal(0, (await Run("runs", "undo", Text(answer, "undo"))).ExitCode);

        var refused = Json(await Apply("a.txt\n<<<<<<< SEARCH\nthree\n=======\nx\n>>>>>>> REPLACE\n", "--json"));
        Assert.Equal(
            ("refused", "not_found", "a.txt", 1),
            (
                Text(refused, "end"),
                Text(refused.GetProperty("refused")[0], "code"),
                Text(refused.GetProperty("refused")[0], "path"),
                refused.GetProperty("refused")[0].GetProperty("block").GetInt32()
            )
        );
        Assert.Contains("Block 1 searched for:", Text(refused, "feedback"));
        Assert.False(refused.TryGetProperty("undo", out _));
    }

    [Theory]
    [InlineData("Just words.", "malformed")]
    [InlineData("", "malformed")]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+zwei\n", "malformed")]
    [InlineData("*** Begin Patch\n*** Add File: ../x.txt\n+x\n*** End Patch\n", "path")]
    [InlineData("*** Begin Patch\n*** Add File: .git/hooks/pre-commit\n+x\n*** End Patch\n", "path")]
    [InlineData(".env\n<<<<<<< SEARCH\nKEY=hunter2\n=======\nKEY=x\n>>>>>>> REPLACE\n", "path")]
    [InlineData("a.txt\n```\none\ntwo\n```\n", "no_change")]
    [InlineData("*** Begin Patch\n*** Add File: src\n+x\n*** End Patch\n", "kind")]
    [InlineData("a.txt\n```\none\nzwei\n", "cut")]
    [InlineData("src/n.js\n```js\nlet a;\n\nsrc/m.js\n```js\nlet b;\n```\n", "cut")]
    [InlineData("src/n.js\n```js\nFind:\na\nReplace with:\nb\n```\n", "malformed")]
    [InlineData("<file path=\"src/n.js\">\n<old_text>\na\n</old_text>\n<new_text>\nb\n</new_text>\n</file>\n", "unknown_file")]
    [InlineData("a/b.txt\n```\nbeta\nx\n```\n", "unknown_file")]
    [InlineData("{\"path\": \"a.txt/\", \"content\": \"x\"}\n", "path")]
    public async Task What_is_refused_has_its_code(string text, string code)
    {
        var before = workspace.Fingerprint();
        var ended = await Apply(text, "--json");
        Assert.Equal((1, code), (ended.ExitCode, Text(Json(ended).GetProperty("refused")[0], "code")));
        Assert.DoesNotContain("hunter2\n", Text(Json(ended).GetProperty("refused")[0], "message"));
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Theory]
    [InlineData(
        "*** Begin Patch\n*** Delete File: a.txt\n*** End Patch\n",
        "level 2 (run_tests) has to ask before it may delete or rename a file"
    )]
    [InlineData(".vscode/tasks.json\n```json\n{}\n```\n", "change a protected file")]
    public async Task What_the_level_asks_is_denied_where_nobody_can_be_asked(string text, string told)
    {
        var before = workspace.Fingerprint();
        var ended = await Apply(text);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(told, ended.Error);
        Assert.EndsWith("Nothing was written.\n", ended.Out);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task At_level_4_a_deletion_is_allowed_and_undone()
    {
        var before = workspace.Fingerprint();
        var answer = Json(
            await Apply(
                "*** Begin Patch\n*** Delete File: a.txt\n*** Update File: b.txt\n*** Move to: c.txt\n*** End Patch\n",
                "--json",
                "--level",
                "4"
            )
        );
        Assert.False(File.Exists(workspace["a.txt"]));
        Assert.Equal("beta\n", workspace.Read("c.txt"));
        Assert.Equal(0, (await Run("runs", "undo", Text(answer, "undo"))).ExitCode);
        Assert.Equal(before, workspace.Fingerprint());
    }

    [Fact]
    public async Task Writes_and_refused_paths_are_in_the_audit()
    {
        await Apply("../outside.txt\n```\nx\n```\n");
        await Apply(Good);
        var lines = (await Run("audit", "show", "--json"))
            .Out.TrimEnd('\n')
            .Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(
            ["deny ../outside.txt", "allow a.txt, src/new.txt", "allow a.txt, src/new.txt"],
            lines.Select(line => $"{Text(line, "decision")} {Text(line, "subject")}")
        );
        Assert.Equal(0, (await Run("audit", "verify")).ExitCode);
    }

    private Task<Ended> Apply(string text, params IReadOnlyList<string> more) =>
        SidecarProcess.RunWithInputAsync(home.Path, workspace.Path, text, ["patch", "apply", .. more]);

    private Task<Ended> Run(params IReadOnlyList<string> arguments) => SidecarProcess.RunAsync(home.Path, workspace.Path, arguments);

    private static JsonElement Json(Ended ended) => JsonDocument.Parse(ended.Out).RootElement;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

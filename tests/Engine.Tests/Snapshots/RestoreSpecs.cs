using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tests.Tools;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>Edits come in by the doors they come in by in a run: the agent's through its tools, others from a child process.</summary>
public sealed class RestoreSpecs
{
    private static readonly int Trees = Property.Times(40, 1_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Any_tree_after_any_edits_of_the_agent_and_of_child_processes_is_put_back_to_the_byte()
    {
        var (byAgent, byChildren, shown) = (0, 0, 0);
        Gen.Select(TreeEdit.Some, TreeEdit.Some, TreeEdit.Some, Gen.Bool)
            .Holds(
                (first, agent, children, childrenFirst) =>
                {
                    using var folder = new ToolFolder { Level = Level.ExtendedShell };
                    using var root = WorkspaceRoot.Open(folder.Tree.Path);
                    folder.Tree.Write("repo/.git/HEAD", "ref: refs/heads/main\n");
                    Array.ForEach(first, edit => edit.Do(folder.Tree));
                    var before = folder.Tree.State();
                    var snapshot = new SnapshotStore(folder.Tree.Store, TimeProvider.System)
                        .TakeAsync(root, Token)
                        .GetAwaiter()
                        .GetResult();
                    folder.Context = folder.Context with
                    {
                        BeforeWrite = (paths, _) =>
                        {
                            snapshot.Keep(paths);
                            return Task.CompletedTask;
                        },
                    };

                    if (childrenFirst)
                    {
                        Interlocked.Add(ref byChildren, Children(folder, children));
                    }
                    Interlocked.Add(ref byAgent, agent.Count(edit => Agent(folder, edit)));
                    if (!childrenFirst)
                    {
                        Interlocked.Add(ref byChildren, Children(folder, children));
                    }
                    var changes = snapshot.Compare(Token);
                    Interlocked.Add(ref shown, changes.Count);
                    var result = snapshot.Restore(changes);

                    Assert.Empty(result.Conflicts);
                    Assert.Equal(before, folder.Tree.State());
                    Assert.Empty(snapshot.Compare(Token));
                },
                few: Trees,
                many: Trees,
                threads: 2
            );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Trees} trees, {byAgent} edits of the agent, {byChildren} by child processes, {shown} paths put back"
        );
        // A test that edits nothing proves nothing.
        Assert.True(byAgent > Trees && byChildren > Trees && shown > Trees, $"{byAgent} {byChildren} {shown}");
    }

    /// <returns>False: the tool refused it (a name with a line break, a folder in the way).</returns>
    private static bool Agent(ToolFolder folder, TreeEdit edit)
    {
        var text = string.Concat(edit.Bytes.Select(one => (char)('A' + (one % 26)))) + "\r\nline\n";
        var result = (edit.What % 4) switch
        {
            0 => folder.RunAsync(
                "write_file",
                Input(edit.Path, $"*** Begin Patch\n*** Delete File: {edit.Path}\n*** End Patch\n", "patch")
            ),
            1 => folder.RunAsync(
                "write_file",
                Input(edit.Path, $"*** Begin Patch\n*** Add File: {edit.Path}\n+{text}*** End Patch\n", "patch")
            ),
            _ => folder.RunAsync("write_file", Input(edit.Path, text, "overwrite")),
        };
        return result.GetAwaiter().GetResult().Ok;
    }

    /// <returns>How many lines the script had.</returns>
    private static int Children(ToolFolder folder, TreeEdit[] edits)
    {
        var script = Path.Join(folder.Tree.Outside, "script");
        File.WriteAllText(script, "exec 2>/dev/null\n" + string.Concat(edits.Select(edit => edit.Script())) + "exit 0\n");
        var result = folder.ShellAsync($"sh {script}").GetAwaiter().GetResult();
        Assert.True(result.Ok, result.Text);
        return edits.Length;
    }

    private static string Input(string path, string content, string mode) =>
        $$"""{"path":{{JsonSerializer.Serialize(path)}},"content":{{JsonSerializer.Serialize(content)}},"mode":"{{mode}}"}""";
}

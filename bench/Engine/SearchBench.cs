using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Bench;

/// <summary>The search tool through its one runner (policy, audit and all) against rg as a process, each with the same files to look
/// through.</summary>
internal static class SearchBench
{
    private static readonly (string Name, string Query, bool Regex, string? Glob)[] Queries =
    [
        ("a word that is nowhere", "NotInAnyFile", false, null),
        ("a word in 1 file of 100", "RareWord", false, null),
        ("a word, one folder of 40", "RareWord", false, "src/part0/**"),
        ("an expression with a fixed beginning", @"RareWord\d+\(\)", true, null),
        ("an expression without one", @"[A-Z][a-z]+[A-Z]\w+00\(", true, null),
    ];

    public static async Task<int> RunAsync(BenchFolder folder, int rounds)
    {
        using var root = WorkspaceRoot.Open(folder.Path);
        var runner = new ToolRunner(
            new()
            {
                RunId = "r1",
                Root = root,
                Commands = new(Sandbox.WithoutAny(folder.Path, "not needed"), TimeProvider.System),
                Sandbox = SandboxKind.None,
                Audit = new AuditLog(folder.State, TimeProvider.System),
                Time = TimeProvider.System,
                Caller = new("bench", "cli"),
                Level = () => Level.ReadOnly,
                Emit = _ => { },
                Ask = (_, _) => Task.FromResult(new Answer(false, AnsweredBy.User)),
                BeforeWrite = (_, _) => Task.CompletedTask,
            }
        );
        Console.WriteLine(
            $"{BenchFolder.Files} files, {rounds} rounds; median (smallest to largest)\n{"", -44}{"search", 12}{"rg", 12}{"ratio", 8}"
        );
        var worst = 0.0;
        foreach (var (name, query, regex, glob) in Queries)
        {
            using var input = JsonDocument.Parse(
                $$"""{"query":{{Quoted(query)}},"regex":{{(regex ? "true" : "false")}}{{(glob is null ? "" : $",\"globs\":[{Quoted(glob)}]")}}}"""
            );
            string[] rg =
            [
                "-n",
                "--no-heading",
                "--color",
                "never",
                "--hidden",
                "--no-require-git",
                "--no-ignore-global",
                "--no-ignore-dot",
                "-g",
                "!.git",
                .. glob is null ? [] : new[] { "-g", glob },
                regex ? "-e" : "-F",
                query,
                ".",
            ];
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -2; round < rounds; round++)
            {
                string found = "",
                    judged = "";
                var mine = await BenchFolder.TimeAsync(async () =>
                    found = (await runner.RunAsync("search", input.RootElement, default)).Text
                );
                var other = await BenchFolder.TimeAsync(() => Task.FromResult(judged = folder.Run("rg", rg)));
                if (Lines(found) != Lines(judged))
                {
                    Console.Error.WriteLine($"{name}: {Lines(found)} hits, rg has {Lines(judged)}");
                    return 1;
                }
                if (round >= 0)
                {
                    ours.Add(mine);
                    theirs.Add(other);
                }
            }
            Console.WriteLine(BenchFolder.Row(name, ours, theirs));
            worst = Math.Max(worst, BenchFolder.Median(ours) / BenchFolder.Median(theirs));
        }
        Console.WriteLine($"worst ratio {worst:F2}");
        return worst <= 2 ? 0 : 1;
    }

    private static int Lines(string text) => text.Split('\n').Count(line => line.Length > 0 && !line.StartsWith('['));

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CodexSidecar.Faces.Cli;

/// <summary>Adds examples and what a reader must know next to the generated lists.</summary>
internal static class Help
{
    private const string Root = """
        Examples:
          codex-sidecar try                                   see a whole run on a sample, no model needed
          codex-sidecar doctor                                is everything here that a run needs?
          codex-sidecar solve "Fix the failing test"          solve a task in the current folder
          codex-sidecar runs undo 2026                        put the files back as before that run

        CODEX_SIDECAR_HOME moves all state, cache and configuration to one folder. NO_COLOR switches colours off.
        """;

    private const string Solve = """
        Examples:
          codex-sidecar solve "parse('5-') throws. Return null instead"
          codex-sidecar solve "Add a --quiet option" --review ask --level 3 --commit ask
          codex-sidecar solve "Fix the failing test" --base-url http://127.0.0.1:11434/v1 --model qwen2.5-coder:14b
          codex-sidecar solve "Fix the failing test" --consilium off --json | jq .event.kind

        Exit codes: 0 solved, 1 tests still fail, 2 usage, 3 a limit stopped it, 4 policy, votes or you said no,
                    5 no model server, 70 our own fault, 130 cancelled. In all but 0 the files are as before
                    (4: or as you accepted them).
        """;

    private const string Runs = """
        Examples:
          codex-sidecar runs list
          codex-sidecar runs show 20261124
          codex-sidecar runs undo 20261124
        """;

    public static void Teach(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new WithExamples((HelpAction)option.Action!);
    }

    private sealed class WithExamples(HelpAction generated) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = generated.Invoke(parseResult);
            if (parseResult.CommandResult.Command switch { RootCommand => Root, { Name: "solve" } => Solve, { Name: "runs" } => Runs, _ => null } is { } examples)
                parseResult.InvocationConfiguration.Output.WriteLine(examples.ReplaceLineEndings("\n"));
            return code;
        }
    }
}

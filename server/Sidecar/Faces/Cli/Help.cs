using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using CodexSidecar.Engine.Entrances;

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
          codex-sidecar policy check --level 2 -- rm -rf x    what would be decided about a command?

        CODEX_SIDECAR_HOME moves all state, cache and configuration to one folder. NO_COLOR switches colours off.
        CODEX_SIDECAR_LOG=debug lets the log file tell every request, trace also prompts and replies.
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
          codex-sidecar runs diff 20261124          the patch of a run that was not solved
          codex-sidecar runs apply 20261124         and that patch in the files as they are now
        """;

    private const string Policy = """
        Examples:
          codex-sidecar policy show
          codex-sidecar policy check --level 2 -- git push
          codex-sidecar policy check --level 4 --command "make deploy && ls" --json

        Rules of your own stand in config.json in the configuration folder, a project's in .codex-sidecar/config.json
        (those can only forbid and have asked). Both are described in docs/security.md.
        """;

    private const string Tool = """
        Examples:
          codex-sidecar tool read_file --json '{"path":"src/a.cs","lines":"1-20"}'
          codex-sidecar tool write_file --level 1 --json @change.json
          echo '{"command":"npm test"}' | codex-sidecar tool shell --json -

        The tools and their arguments:
        {0}

        Exit codes: 0 done, 1 the tool failed, 2 usage, 4 refused. What the level would ask is asked on a terminal and
        denied elsewhere. What write_file or shell changed is a run of its own: codex-sidecar runs undo takes it back.
        """;

    private const string Patch = """
        Examples:
          codex-sidecar patch apply < reply.txt
          codex-sidecar patch apply --dry-run fix.diff
          xclip -o | codex-sidecar patch apply --root ../project --json | jq .refused

        Everything is applied or nothing. What is accepted (whole files, SEARCH/REPLACE, apply_patch, unified diffs, in
        the spellings of models) and what is refused, and why, is in docs/edits.md.

        Exit codes: 0 applied (or could be, with --dry-run), 1 refused, nothing written, 2 usage. What the level would
        ask (delete, rename, protected names) is asked on a terminal and denied elsewhere. What was written is a run of
        its own: codex-sidecar runs undo takes it back.
        """;

    private const string Audit = """
        Examples:
          codex-sidecar audit verify
          codex-sidecar audit show --run 20261124
          codex-sidecar audit show --json | jq -r 'select(.decision == "deny") | .subject'

        Exit code of verify: 0 the chain holds, 1 a line was changed, removed, inserted or moved.
        """;

    private const string Sandbox = """
        Examples:
          codex-sidecar sandbox run -- npm test
          codex-sidecar sandbox run --level 2 -- python3 -m pytest -q
          codex-sidecar sandbox run --timeout 5 -- sh -c 'touch /etc/x; sleep 60'

        The command's own exit code comes back (128 + N when signal N ended it). Besides: 124 it took longer than
        --timeout, 126 it was refused or the sandbox did not start, 127 there is no such program. Output and errors of
        the command come on stdout in the order they were written.
        """;

    private const string Serve = """
        Examples:
          codex-sidecar serve --workspace . --level 2         the agent as a model at http://127.0.0.1:8765/v1
          codex-sidecar serve --port 0                        any free port; the JSON line on stdout names it
          codex-sidecar serve --new-token                     change the token; clients need the new one

        One process serves one workspace, on 127.0.0.1 only. The token is in the file that the line names; a client sends
        it as its API key. What the level would ask is denied here. Ready configurations: docs/endpoint.md.
        """;

    private const string Mcp = """
        Examples:
          codex-sidecar mcp --workspace ~/project
          codex-sidecar mcp --workspace ~/project --level run_tests

        Another program starts this and speaks with it; docs/mcp.md has ready configurations. What the level would ask is
        put to the person where the other program can do that, and denied elsewhere.
        """;

    /// <summary>By the first word of the command; its subcommands have the same.</summary>
    private static string? Examples(CommandResult command) =>
        (command.Parent as CommandResult, command.Command) switch
        {
            (null, _) => Root,
            ({ Parent: CommandResult } above, _) => Examples(above),
            (_, { Name: "solve" }) => Solve,
            (_, { Name: "runs" }) => Runs,
            (_, { Name: "policy" }) => Policy,
            (_, { Name: "tool" }) => Tool.Replace(
                "{0}",
                string.Join('\n', ToolEntrance.Tools.Select(tool => $"  {tool.Usage}")),
                StringComparison.Ordinal
            ),
            (_, { Name: "patch" }) => Patch,
            (_, { Name: "audit" }) => Audit,
            (_, { Name: "sandbox" }) => Sandbox,
            (_, { Name: "serve" }) => Serve,
            (_, { Name: "mcp" }) => Mcp,
            _ => null,
        };

    public static void Teach(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new WithExamples((HelpAction)option.Action!);
        }
    }

    private sealed class WithExamples(HelpAction generated) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = generated.Invoke(parseResult);
            if (Examples(parseResult.CommandResult) is { } examples)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(examples.ReplaceLineEndings("\n"));
            }
            return code;
        }
    }
}

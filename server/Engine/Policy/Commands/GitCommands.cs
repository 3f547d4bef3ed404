using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>
/// The git program on the command line. What only looks is carried out by the git tool through libgit2, because the program would run
/// what a hostile repository configures (fsmonitor, external diff, hooks); what it cannot do so is an ordinary or a dangerous command.
/// </summary>
internal static class GitCommands
{
    private static readonly HashSet<string> Looking = ["status", "diff", "log", "show", "blame", "branch"];
    private static readonly HashSet<string> Remote =
    [
        .. WordList.Of(
            """
            push fetch pull clone remote config submodule ls-remote credential send-email request-pull daemon svn lfs
            """
        ),
    ];
    private static readonly HashSet<string> Destructive =
    [
        .. WordList.Of(
            """
            reset clean rebase filter-branch filter-repo gc prune reflog update-ref rm mv restore checkout-index read-tree
            worktree replace cherry-pick revert merge am apply
            """
        ),
    ];
    private static readonly HashSet<string> Safe =
    [
        .. WordList.Of(
            """
            --oneline --stat --short -s -sb --porcelain --cached --staged --name-only --name-status --no-color --graph --all
            --list -a -v -p --branch -n --show-current
            """
        ),
    ];

    public static bool Covers(IReadOnlyList<string> argv) =>
        argv.Count >= 2
        && argv[0] == "git"
        && Looking.Contains(argv[1])
        && argv.Skip(2).All(word => Safe.Contains(word) || IsCount(word) || IsPlain(word))
        && (argv[1] != "branch" || argv.Skip(2).All(word => word.StartsWith('-')));

    public static (ActionKind Kind, string Reason)? Danger(IReadOnlyList<string> argv)
    {
        var command = argv.Skip(1).FirstOrDefault(word => !word.StartsWith('-'));
        if (argv.Count > 1 && argv[1].StartsWith('-') && argv[1] is not ("--version" or "--no-pager"))
        {
            return (ActionKind.DestructiveCommand, "options before git's command can make it start other programs");
        }
        if (command is null)
        {
            return null;
        }
        return Remote.Contains(command) ? (ActionKind.GitRemote, $"git {command} reaches a remote or changes git's configuration")
            : Destructive.Contains(command) || Discards(argv, command) ? (ActionKind.GitDestructive, $"git {command} can discard work")
            : argv.Any(word =>
                word is "--ext-diff" or "--textconv" or "--exec"
                || word.StartsWith("--output", StringComparison.Ordinal)
                || word.StartsWith("--upload-pack", StringComparison.Ordinal)
            )
                ? (ActionKind.DestructiveCommand, "this option writes a file or starts another program")
            : null;
    }

    private static bool Discards(IReadOnlyList<string> argv, string command) =>
        command switch
        {
            "checkout" or "switch" => argv.Any(word => word is "-f" or "--force" or "--" or "." or "--discard-changes"),
            "branch" or "tag" => argv.Any(word => word is "-D" or "-d" or "-f" or "--delete" or "--force" or "-M"),
            "stash" => argv.Any(word => word is "drop" or "clear"),
            "commit" => argv.Any(word => word is "--amend" or "--no-verify" or "-n"),
            _ => false,
        };

    private static bool IsCount(string word) => word.Length > 1 && word[0] == '-' && word.Skip(1).All(char.IsAsciiDigit);

    private static bool IsPlain(string word) =>
        word is "--"
        || (word.Length > 0 && !word.StartsWith('-') && !word.StartsWith('/') && !word.StartsWith('~') && !word.Split('/').Contains(".."));
}

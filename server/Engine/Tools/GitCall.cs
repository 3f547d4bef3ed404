using System.Globalization;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>A git command that only looks, carried out in this process.</summary>
internal sealed record GitCall(
    string Command,
    IReadOnlyList<WorkspacePath> Paths,
    bool Staged = false,
    int Most = GitCall.UsualMost,
    string Revision = "HEAD"
)
{
    public const int UsualMost = 20;

    /// <summary>As typed for the git program; null when it asks for more than these reads can do.</summary>
    public static GitCall? TryRead(WorkspaceRoot root, IReadOnlyList<string> argv)
    {
        if (argv is not ["git", var command, ..])
        {
            return null;
        }
        var call = new GitCall(command, []);
        var onlyPaths = false;
        foreach (var word in argv.Skip(2))
        {
            var next =
                word == "--" && !onlyPaths ? call
                : onlyPaths ? call with { Paths = [.. call.Paths, ToolPath.Parse(root, word)] }
                : call.With(root, word);
            onlyPaths |= word == "--";
            if (next is null)
            {
                return null;
            }
            call = next;
        }
        return call.Fits ? call : null;
    }

    /// <exception cref="WorkspaceException">There is no repository, no such commit or file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; between two commits or files, or right after one long look of the
    /// library.</exception>
    public string Run(WorkspaceRoot root, CancellationToken cancellationToken)
    {
        using var git = GitRepository.Open(root, path => FileActions.Hides(root, path), new GitTexts(FileActions.Texts(root)))
            ?? throw new WorkspaceException("missing", "The workspace is in no git repository.");
        var text = Command switch
        {
            "status" => git.Status(cancellationToken),
            "diff" => git.Diff(Paths, Staged, cancellationToken),
            "log" => git.Log(Most, Paths.Count == 0 ? null : Paths[0], cancellationToken),
            "show" => git.Show(Revision, cancellationToken),
            "blame" => git.Blame(Paths[0], cancellationToken),
            _ => git.Branches(),
        };
        return text.Length > 0 ? text
            : Command == "diff" ? $"[no {(Staged ? "staged " : "")}changes]\n"
            : "[nothing]\n";
    }

    private bool Fits =>
        Command switch
        {
            "status" or "branch" => Paths.Count == 0,
            "diff" => true,
            "log" => Paths.Count <= 1,
            "show" => Paths.Count == 0,
            "blame" => Paths.Count == 1,
            _ => false,
        };

    private GitCall? With(WorkspaceRoot root, string word) =>
        (Command, word) switch
        {
            ("status", "-s" or "-sb" or "-b" or "--short" or "--branch" or "--porcelain") => this,
            ("branch", "--list") => this,
            ("log", "--oneline" or "--no-color") => this,
            ("log", _)
                when word.StartsWith('-')
                    && int.TryParse(word.TrimStart('-', 'n'), NumberStyles.None, CultureInfo.InvariantCulture, out var most) => this with
            {
                Most = most,
            },
            ("diff", "--cached" or "--staged") => this with { Staged = true },
            ("show", _) when !word.StartsWith('-') && Revision == "HEAD" => this with { Revision = word },
            ("diff" or "log" or "blame", _) when !word.StartsWith('-') && root.Look(ToolPath.Parse(root, word)) is not null => this with
            {
                Paths = [.. Paths, ToolPath.Parse(root, word)],
            },
            _ => null,
        };
}

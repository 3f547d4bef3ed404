using CodexSidecar.Engine.Shadows;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>What became of the changes that a single command made in its shadow: ordinary files are brought into the workspace as the level
/// allows, protected ones one by one when somebody says yes; the rest stays behind and is named.</summary>
/// <param name="Files">Paths in the workspace.</param>
/// <param name="Left">Each with its reason.</param>
internal sealed record TakenOver(IReadOnlyList<string> Files, IReadOnlyList<string> Left)
{
    private const int MostNamed = 20;

    /// <summary>For people and models; null: nothing was changed.</summary>
    public string? Text =>
        (Files.Count, Left.Count) switch
        {
            (0, 0) => null,
            (_, 0) => $"Changed: {Names(Files)}",
            (0, _) => $"Not taken over: {Names(Left)}",
            _ => $"Changed: {Names(Files)}\nNot taken over: {Names(Left)}",
        };

    /// <exception cref="IOException">The audit log, or the workspace, could not be written.</exception>
    /// <param name="difference">Of the shadow; or the part of it that commands have made.</param>
    /// <param name="context">With the workspace as its root.</param>
    public static async Task<TakenOver> OfAsync(
        IShadow shadow,
        ShadowDifference difference,
        ToolRunner runner,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var (files, left) = (new List<string>(), new List<string>());
        var groups = difference
            .Changes.Where(change => Keep(shadow, difference, change, left))
            .GroupBy(change => FileActions.IsProtected(context.Root, change.Path) ? change.Path.Value : "")
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var changes = group.ToList();
            var names = changes.Select(change => change.Path.Shown);
            try
            {
                var outcome = await runner.RunAsync(RunActions.TakeOver(context, shadow, changes, wasAsked: false), cancellationToken);
                (outcome.Refused ? left : files).AddRange(
                    outcome.Refused ? names.Select(name => $"{name} ({outcome.Decision.Reason})") : names
                );
            }
            catch (WorkspaceException refused)
            {
                left.AddRange(names.Select(name => $"{name} ({refused.Message})"));
            }
        }
        if (difference.ChangesGit)
        {
            left.Add(".git (what a command does to the repository stays in its shadow)");
        }
        return new(files, left);
    }

    private static bool Keep(IShadow shadow, ShadowDifference difference, LayerChange change, List<string> left)
    {
        var why =
            !ShadowSteps.CanBeTaken(change) ? "no regular file"
            : difference.Stale.Contains(change.Path) ? "somebody else has changed it meanwhile"
            : change.After is { Kind: EntryKind.Link } && LeadsOut(shadow.View, change.Path) ? "a link that leads out of the workspace"
            : null;
        if (why is not null)
        {
            left.Add($"{change.Path.Shown} ({why})");
        }
        return why is null;
    }

    /// <summary>Somebody who follows it later would read, or write, something that is not the project's.</summary>
    private static bool LeadsOut(WorkspaceRoot view, WorkspacePath link)
    {
        try
        {
            view.Resolve(link);
            return false;
        }
        catch (WorkspaceException refused)
        {
            return refused.Code is "path";
        }
    }

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}

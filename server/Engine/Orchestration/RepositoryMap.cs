using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>The project's files as a list for the model, likely ones first, within a budget. Pure: the same files and task give the same text.</summary>
internal static partial class RepositoryMap
{
    private const int MostListed = 400;

    /// <param name="paths">All files of the walk, relative with <c>/</c>.</param>
    public static string Draw(IReadOnlyCollection<string> paths, string task, int mostChars)
    {
        var text = new StringBuilder();
        var listed = 0;
        var ranked = Rank(paths, task).ToList();
        foreach (var path in ranked.Take(MostListed))
        {
            if (text.Length + path.Length + 1 > mostChars)
            {
                break;
            }
            text.Append(path).Append('\n');
            listed++;
        }
        return listed == ranked.Count ? text.ToString() : text.Append($"({ranked.Count - listed} more files; ask list_dir or search)\n").ToString();
    }

    /// <summary>Files whose path holds a word of the task, then code near the root, then the rest.</summary>
    public static IEnumerable<string> Rank(IReadOnlyCollection<string> paths, string task)
    {
        var words = Word().Matches(task).Select(match => match.Value.ToLowerInvariant()).Where(word => word.Length > 2).ToHashSet();
        return paths
            .Select(path => (Path: path, Score: Score(path, task, words)))
            .OrderByDescending(one => one.Score).ThenBy(one => one.Path.Count(sign => sign == '/')).ThenBy(one => one.Path, StringComparer.Ordinal)
            .Select(one => one.Path);
    }

    private static int Score(string path, string task, HashSet<string> words)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var named = task.Contains(path, StringComparison.OrdinalIgnoreCase) || task.Contains(name, StringComparison.OrdinalIgnoreCase) ? 100 : 0;
        var shared = Word().Matches(path).Count(match => words.Contains(match.Value.ToLowerInvariant()));
        return named + (10 * shared) + (Code().IsMatch(name) ? 1 : 0);
    }

    [GeneratedRegex(@"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])|[\u0400-\u04ff]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\.(cs|fs|vb|js|mjs|cjs|ts|tsx|jsx|py|go|rs|java|kt|c|h|cc|cpp|hpp|rb|php|swift|scala|lua|sh|sql|html|css|vue|svelte)$")]
    private static partial Regex Code();
}

using System.Text;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Mapping;

/// <summary>The project's files for the model, those that matter for the task first, with the names they define; within a budget of
/// text.</summary>
internal sealed class RepositoryMap
{
    private const int MostListed = 400,
        LongestLine = 100;

    private readonly Dictionary<string, IReadOnlyList<string>> names = new(StringComparer.Ordinal);

    private RepositoryMap(IReadOnlyList<string> paths, string task, Func<string, string?> read, CancellationToken cancellationToken)
    {
        var code = paths
            .Where(Symbols.IsCode)
            .OrderBy(path => path.Count(sign => sign == '/'))
            .ThenBy(path => path, StringComparer.Ordinal)
            .ToList();
        var words = new TaskWords(task);
        var files = new CodeReader(words, read).Read(code, cancellationToken);
        var (ranks, wanted) = new SymbolGraph(files).Rank(words.Score(files));
        var rank = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var file = 0; file < code.Count; file++)
        {
            names[code[file]] = wanted[file];
            rank[code[file]] = ranks[file];
        }
        Ranked = [.. paths.OrderByDescending(path => rank.GetValueOrDefault(path))];
    }

    /// <summary>All paths, the likeliest first.</summary>
    public IReadOnlyList<string> Ranked { get; }

    /// <param name="paths">All files of the walk, relative with <c>/</c>, in ordinal order.</param>
    /// <param name="read">A file as the model may see it, null when it may not; asked from several threads, once for a file.</param>
    public static RepositoryMap Of(
        IReadOnlyList<string> paths,
        string task,
        Func<string, string?> read,
        CancellationToken cancellationToken
    ) => new(paths, task, read, cancellationToken);

    /// <summary>A line for each file, as many as fit; what is left out is said.</summary>
    public string Draw(int mostChars)
    {
        var text = new StringBuilder();
        var listed = 0;
        foreach (var path in Ranked.Take(MostListed))
        {
            // The second half of the room shows paths alone: more files are worth more than more names.
            var line = text.Length < mostChars / 2 ? Line(path) : path;
            if (text.Length + line.Length + 1 > mostChars)
            {
                break;
            }
            text.Append(line).Append('\n');
            listed++;
        }
        return listed == Ranked.Count
            ? text.ToString()
            : text.Append($"({Ranked.Count - listed} more files; ask {ListDirTool.ToolName} or {SearchTool.ToolName})\n").ToString();
    }

    private string Line(string path)
    {
        var line = new StringBuilder(path);
        foreach (var name in names.GetValueOrDefault(path, []))
        {
            if (line.Length + name.Length + 2 > LongestLine)
            {
                break;
            }
            line.Append(line.Length == path.Length ? ": " : ", ").Append(name);
        }
        return line.ToString();
    }
}

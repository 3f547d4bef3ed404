using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>Finds text in the files that are not ignored, in this process: <c>path:line: text</c>, in the order of the paths.</summary>
internal sealed class SearchTool : IOwnTool
{
    private const int MostHits = 200,
        FilesAtOnce = 500,
        Cores = 4;

    public const string ToolName = "search";

    public ToolDescriptor Descriptor { get; } =
        new(ToolName, ToolKind.Search, "Search", "Finds text in the files that are not ignored: path:line: text.")
        {
            Usage = """search {"query":"Parse(","globs":["*.cs"],"regex":false} (globs, regex optional)""",
            Input =
            [
                new("query", ToolMemberType.Text, "One line of text, or a regular expression") { IsRequired = true },
                new("path", ToolMemberType.Text, "The folder to search; default: the workspace"),
                new("globs", ToolMemberType.Texts, "Such as *.cs; with ! in front: not these"),
                new("regex", ToolMemberType.Flag, "The query is a regular expression; default: false"),
            ],
            Subject = "query",
            CallTitle = input => $"Search {TitleText.Field(input, "pattern", "query")}",
            Example = """{"query":"install","globs":["*.md"]}""",
            ReadsOnly = true,
        };

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken)
    {
        var fields = new ToolInput(this, input);
        var query = fields.Text("query");
        var folder = fields.OptionalText("path") is { Length: > 0 } path ? ToolPath.Parse(context.Root, path) : WorkspacePath.Root;
        var globs = fields.Texts("globs").Select(IgnorePattern.Parse).OfType<IgnorePattern>().ToList();
        if (query.Length == 0 || query.Contains('\n'))
        {
            throw fields.Wrong("\"query\" has to be one line of text");
        }
        var pattern = fields.Flag("regex") ? Pattern(fields, query) : null;
        return new(ToolName, input, [new(ActionKind.Read, $"search for {query}")], [], running =>
            Task.Run(
                () => Search(context.Root, folder, globs, new TextSearch(query, pattern, FileActions.Texts(context.Root)), running),
                running
            )
        );
    }

    private static ToolResult Search(
        WorkspaceRoot root,
        WorkspacePath folder,
        List<IgnorePattern> globs,
        TextSearch search,
        CancellationToken cancellationToken
    )
    {
        var hits = Hits(root.Files(folder, cancellationToken), file => In(root, globs, search, file), cancellationToken);
        var shown = string.Concat(hits.Take(MostHits).Select(hit => hit + "\n"));
        var skipped = search.Skipped > 0 ? $"[{search.Skipped} files were not searched: too large or not readable]\n" : "";
        var text =
            hits.Count == 0 ? "[nothing found]\n"
            : hits.Count > MostHits ? $"{shown}[more than {MostHits} hits; narrow the query or the globs]\n"
            : shown;
        return new(true, ToolText.ForModel(text + skipped), hits.Count > MostHits ? $"more than {MostHits} hits" : $"{hits.Count} hits");
    }

    /// <summary>Names are judged last: there are few files with a hit.</summary>
    private static IReadOnlyList<string> In(WorkspaceRoot root, List<IgnorePattern> globs, TextSearch search, WorkspacePath file) =>
        Wanted(globs, file.Value) && search.In(root, file, MostHits + 1) is { Count: > 0 } hits && !SecretNames.Covers(file.Value)
            ? hits
            : [];

    /// <summary>Some files are looked through while the next ones are listed.</summary>
    private static List<string> Hits(
        IEnumerable<WorkspacePath> files,
        Func<WorkspacePath, IReadOnlyList<string>> look,
        CancellationToken cancellationToken
    )
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Cores, CancellationToken = cancellationToken };
        using var chunks = files.Chunk(FilesAtOnce).GetEnumerator();
        List<string> hits = [];
        WorkspacePath[]? some = [],
            next = [];
        while (some is not null && hits.Count <= MostHits)
        {
            var found = new IReadOnlyList<string>[some.Length];
            Parallel.Invoke(
                options,
                () => next = chunks.MoveNext() ? chunks.Current : null,
                () => Parallel.For(0, found.Length, options, at => found[at] = look(some[at]))
            );
            hits.AddRange(found.SelectMany(of => of));
            some = next;
        }
        return hits;
    }

    /// <summary>As in an ignore file: a pattern also takes what lies below, <c>!</c> leaves out, the last one that matches
    /// counts.</summary>
    private static bool Wanted(List<IgnorePattern> globs, string path)
    {
        if (globs.Count == 0)
        {
            return true;
        }
        var parts = path.Split('/');
        var last = globs.FindLast(glob =>
            Enumerable.Range(1, parts.Length).Any(length => glob.Matches(parts.AsSpan(0, length), isFolder: length < parts.Length))
        );
        return last is null ? globs.TrueForAll(glob => glob.Includes) : !last.Includes;
    }

    private static Regex Pattern(ToolInput fields, string query)
    {
        try
        {
            return new Regex(query, RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw fields.Wrong(
                fault is NotSupportedException
                    ? "look-around and back-references are not available in \"query\""
                    : $"\"query\" is no regular expression: {fault.Message}"
            );
        }
    }
}

using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Mapping;

/// <summary>Reads every file of code once, on all cores, within a budget of work; files over it are known by their path alone.</summary>
internal sealed class CodeReader(TaskWords task, Func<string, string?> read)
{
    private const int MostCode = 48 << 20,
        MostOfFile = 256 << 10,
        Portion = 256,
        ShortestWord = 3,
        LongestWord = 64;

    private readonly ConcurrentDictionary<string, Term> terms = new(StringComparer.Ordinal);

    /// <param name="paths">The ones to read first come first.</param>
    public IReadOnlyList<CodeFile> Read(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var files = new CodeFile[paths.Count];
        var looked = 0L;
        // In portions, so that the budget ends at the same file however many threads there are.
        for (var from = 0; from < files.Length; from += Portion)
        {
            var isOver = looked >= MostCode;
            Parallel.For(from, Math.Min(from + Portion, files.Length), new() { CancellationToken = cancellationToken }, at =>
                files[at] = Read(paths[at], isOver)
            );
            looked += files.Skip(from).Take(Portion).Sum(file => (long)file.Length);
        }
        for (var file = 0; file < files.Length; file++)
        {
            foreach (var term in files[file].Defined)
            {
                term.Definers.Add(file);
            }
        }
        return files;
    }

    private CodeFile Read(string path, bool isOver)
    {
        if (isOver || read(path) is not { Length: <= MostOfFile } text)
        {
            return new(path, 0, [], []);
        }
        var known = terms.GetAlternateLookup<ReadOnlySpan<char>>();
        var counts = new Dictionary<Term, int>();
        for (int at = 0, end; at < text.Length; at = end + 1)
        {
            for (end = at; end < text.Length && IsPart(text[end]); )
            {
                end++;
            }
            if (end - at is >= ShortestWord and <= LongestWord)
            {
                var word = text.AsSpan(at, end - at);
                CollectionsMarshal.GetValueRefOrAddDefault(
                    counts,
                    known.TryGetValue(word, out var term) ? term : Term(word.ToString()),
                    out _
                )++;
            }
        }
        return new(
            path,
            text.Length,
            [.. Symbols.DefinedIn(path, text).Where(name => name.Length >= ShortestWord).Select(Term)],
            [.. counts.Select(one => (one.Key, one.Value))]
        );
    }

    private Term Term(string word) => terms.GetOrAdd(word, static (word, task) => new(word, task.In(word)), task);

    private static bool IsPart(char sign) => char.IsLetterOrDigit(sign) || sign is '_' or '$';
}

using System.Buffers;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Mapping;

/// <summary>The task as words to look for in paths, names and texts, blind to case and to the commonest endings; and how much a file speaks
/// of them (BM25).</summary>
internal sealed partial class TaskWords
{
    private const int MostWords = 60,
        ShortestWord = 3;

    // The usual factors of BM25. That a word in the path counts as ten in the text, and in a name that is defined as two, is what npm run
    // bench:map showed to be best.
    private const double Saturation = 1.2,
        Shortness = 0.75,
        InPath = 10,
        NamedPath = 1_000,
        InTest = 0.5;

    private readonly string task;
    private readonly string[] words;
    private readonly SearchValues<string> any;

    public TaskWords(string task)
    {
        this.task = task;
        words =
        [
            .. Part()
                .Matches(task)
                .Select(match => Stem(match.Value.ToLowerInvariant()))
                .Where(word => word.Length >= ShortestWord)
                .Distinct(StringComparer.Ordinal)
                .Take(MostWords),
        ];
        any = SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);
    }

    public int Count => words.Length;

    /// <returns>How often each of the words stands in the text; null: none does.</returns>
    public int[]? In(ReadOnlySpan<char> text)
    {
        int[]? counts = null;
        for (var at = text.IndexOfAny(any); at >= 0; at = text.IndexOfAny(any))
        {
            text = text[at..];
            var length = 1;
            for (var word = 0; word < words.Length; word++)
            {
                if (text.StartsWith(words[word], StringComparison.OrdinalIgnoreCase))
                {
                    (counts ??= new int[words.Length])[word]++;
                    length = Math.Max(length, words[word].Length);
                }
            }
            text = text[length..];
        }
        return counts;
    }

    /// <returns>For each file how much it has to do with the task by itself: from 0, the more the likelier.</returns>
    public double[] Score(IReadOnlyList<CodeFile> files)
    {
        var counts = files.Select(Counts).ToList();
        var average = Math.Max(1, files.Select(file => (double)file.Length).DefaultIfEmpty().Average());
        var score = new double[files.Count];
        for (var word = 0; word < words.Length; word++)
        {
            var having = counts.Count(of => of[word] > 0);
            var rareness = Math.Log(1 + ((files.Count - having + 0.5) / (having + 0.5)));
            for (var file = 0; file < score.Length; file++)
            {
                var count = counts[file][word];
                score[file] +=
                    rareness
                    * count
                    * (Saturation + 1)
                    / (count + (Saturation * (1 - Shortness + (Shortness * files[file].Length / average))));
            }
        }
        // Squared: one file that says much is a likelier start than many that say a little.
        // A test speaks of everything and is seldom what has to change.
        return
        [
            .. score.Select(
                (one, file) => (one * one * (TestFiles.IsTest(files[file].Path) ? InTest : 1)) + (Names(files[file].Path) ? NamedPath : 0)
            ),
        ];
    }

    private double[] Counts(CodeFile file)
    {
        var counts = new double[words.Length];
        void Add(int[]? found, double weight)
        {
            for (var word = 0; word < found?.Length; word++)
            {
                counts[word] += found[word] * weight;
            }
        }
        foreach (var (term, count) in file.Said)
        {
            Add(term.InTask, count);
        }
        foreach (var term in file.Defined)
        {
            Add(term.InTask, 1);
        }
        Add(In(file.Path), InPath);
        return counts;
    }

    /// <summary>The task says this path, or its last part.</summary>
    private bool Names(string path) =>
        task.Contains(path, StringComparison.OrdinalIgnoreCase)
        || task.Contains(path[(path.LastIndexOf('/') + 1)..], StringComparison.OrdinalIgnoreCase);

    private static string Stem(string word) =>
        word.Length > 4 && Ending().Match(word) is { Success: true } end && end.Index >= ShortestWord ? word[..end.Index] : word;

    [GeneratedRegex("(?:ing|ed|es|s)$")]
    private static partial Regex Ending();

    [GeneratedRegex(@"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])|[\u0400-\u04ff]+")]
    private static partial Regex Part();
}

using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Mapping;

/// <summary>
/// Files and who uses whose names: an edge runs from a file that says a name to each that defines it, and rank flows along the edges
/// (PageRank), starting
/// from the files the task speaks of. Pure: the same files and start give the same ranks.
/// </summary>
/// <remarks>The weights of names were measured by others for aider's map; how little rank flows on (<see cref="Flow"/>) by `npm run
/// bench:map`.</remarks>
internal sealed partial class SymbolGraph
{
    private const int Rounds = 15,
        ManyDefiners = 5,
        MostDefiners = 30,
        LongName = 8;
    private const double Flow = 0.2,
        Telling = 10,
        Common = 0.1,
        Private = 0.1,
        Own = 0.1;

    private readonly IReadOnlyList<CodeFile> files;
    private readonly List<(int From, int To, Term Name, double Weight)> edges = [];
    private readonly double[] outgoing;

    public SymbolGraph(IReadOnlyList<CodeFile> files)
    {
        this.files = files;
        outgoing = new double[files.Count];
        for (var file = 0; file < files.Count; file++)
        {
            Connect(file);
        }
    }

    /// <param name="start">How much each file has to do with the task by itself; any scale.</param>
    /// <returns>For each file its rank, all together 1, and its names, the most wanted first.</returns>
    public (double[] Ranks, IReadOnlyList<string>[] Names) Rank(double[] start)
    {
        var sum = start.Sum();
        var home = start.Select(one => sum > 0 ? one / sum : 1.0 / start.Length).ToArray();
        var ranks = home;
        for (var round = 0; round < Rounds; round++)
        {
            var lost = ranks.Where((_, file) => outgoing[file] == 0).Sum();
            var next = home.Select(one => (1 - Flow + (Flow * lost)) * one).ToArray();
            foreach (var (from, to, _, weight) in edges)
            {
                next[to] += Flow * ranks[from] * weight / outgoing[from];
            }
            ranks = next;
        }
        return (ranks, Wanted(ranks));
    }

    private IReadOnlyList<string>[] Wanted(double[] ranks)
    {
        var wanted = new Dictionary<(int, Term), double>();
        foreach (var (from, to, name, weight) in edges)
        {
            wanted[(to, name)] = wanted.GetValueOrDefault((to, name)) + (ranks[from] * weight / outgoing[from]);
        }
        return
        [
            .. files.Select(
                (file, at) =>
                    (IReadOnlyList<string>)
                        [.. file.Defined.OrderByDescending(name => wanted.GetValueOrDefault((at, name))).Select(name => name.Text)]
            ),
        ];
    }

    private void Connect(int file)
    {
        foreach (var (term, count) in files[file].Said.Where(one => one.Term.Definers.Count is > 0 and <= MostDefiners))
        {
            var isOwn = term.Definers.Contains(file);
            var weight = Factor(term) * Math.Sqrt(count) * (isOwn ? Own : 1);
            foreach (var owner in isOwn ? [file] : term.Definers)
            {
                edges.Add((file, owner, term, weight));
                outgoing[file] += weight;
            }
        }
    }

    private static double Factor(Term name) =>
        (name.Text.Length >= LongName && Compound().IsMatch(name.Text) ? Telling : 1)
        * (name.Text[0] == '_' ? Private : 1)
        * (name.Definers.Count > ManyDefiners ? Common : 1);

    [GeneratedRegex("[a-z][A-Z]|[A-Za-z][_-][A-Za-z]")]
    private static partial Regex Compound();
}

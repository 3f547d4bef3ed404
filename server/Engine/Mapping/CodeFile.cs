namespace CodexSidecar.Engine.Mapping;

/// <summary>What the map keeps of a file.</summary>
/// <param name="Length">Characters.</param>
/// <param name="Defined">In the order they stand in the file, each once.</param>
/// <param name="Said">Each of its words, in the order it is said first, with how often.</param>
internal sealed record CodeFile(string Path, int Length, IReadOnlyList<Term> Defined, IReadOnlyList<(Term Term, int Count)> Said);

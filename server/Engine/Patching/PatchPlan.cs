using System.Security.Cryptography;
using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching;

/// <summary>What the planner may know of the workspace.</summary>
/// <param name="Paths">All files, relative with <c>/</c>.</param>
/// <param name="Read">The bytes of one of them; null when there is no such file. May throw <see cref="WorkspaceException"/>.</param>
internal sealed record PatchBase(IReadOnlyCollection<string> Paths, Func<string, byte[]?> Read)
{
    private TextFiles? texts;

    /// <summary>How these files are text; by their own configuration files unless somebody knows more.</summary>
    public TextFiles Texts
    {
        get => texts ??= new TextFiles(path => Paths.Contains(path) ? Configuration(path) : null);
        init => texts = value;
    }

    private byte[]? Configuration(string path)
    {
        try
        {
            return Read(path);
        }
        catch (WorkspaceException)
        {
            // What cannot be read says nothing.
            return null;
        }
    }
}

/// <summary>One file's final state: bytes before and after.</summary>
/// <param name="From">The old path of a move; Before are its bytes.</param>
/// <param name="Before">Null: the file does not exist.</param>
/// <param name="After">Null: the file goes.</param>
internal sealed record PlannedFile(string Path, FileChange Change, byte[]? Before, byte[]? After, string? From = null);

/// <summary>A refusal with the block it is about, for repairing it.</summary>
internal sealed record FailedBlock(PatchRefusal Refusal, PatchBlock? Block);

/// <summary>Blocks laid over the workspace: final states in memory, nothing on disk. Immutable.</summary>
internal sealed class PatchPlan
{
    private readonly IReadOnlyList<Delta> deltas;

    /// <param name="moves">New path to old path, where a file's content came from.</param>
    public PatchPlan(IEnumerable<DiskChange> changes, IReadOnlyDictionary<string, string> moves)
    {
        Changes = [.. changes.Where(change => change.IsReal).OrderBy(change => change.Path, StringComparer.Ordinal)];
        Moves = moves;
        deltas = [.. Pair(Changes, moves)];
        Files = [.. deltas.Select(delta => delta.File)];
    }

    /// <summary>Nothing planned yet.</summary>
    public static PatchPlan Empty { get; } = new([], new Dictionary<string, string>());

    /// <summary>In ordinal order; only files that really change.</summary>
    public IReadOnlyList<PlannedFile> Files { get; }

    /// <summary>Of the last reply. While there are any, the plan is not to be applied.</summary>
    public IReadOnlyList<PatchRefusal> Refusals => [.. Failures.Select(failure => failure.Refusal)];

    public IReadOnlyList<FailedBlock> Failures { get; init; } = [];

    /// <summary>What the user should know, such as "a file was sent twice, the last one counts".</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The blocks that are in the plan, so that a block sent again is known.</summary>
    public IReadOnlySet<string> Done { get; init; } = new HashSet<string>();

    /// <summary>How many replies in a row had failing blocks for a file; a reply with a good block begins anew.</summary>
    public IReadOnlyDictionary<string, int> FailedInARow { get; init; } = new Dictionary<string, int>();

    /// <summary>How many blocks of the last reply are in the plan.</summary>
    public int Good { get; init; }

    /// <summary>What happens at each path, moves taken apart.</summary>
    public IReadOnlyList<DiskChange> Changes { get; }

    public IReadOnlyDictionary<string, string> Moves { get; }

    public bool IsEmpty => Files.Count == 0;

    /// <summary>Content hash of the final states: equal plans are equal.</summary>
    public string Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var change in Changes)
            {
                hash.AppendData(
                    Encoding.UTF8.GetBytes($"{change.Path}\0{(change.After is null ? "gone" : WorkspaceRoot.Hash(change.After.Bytes))}\n")
                );
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>What has to be written, all or nothing: a move is a write at the new path and a removal of the old one.</summary>
    /// <exception cref="WorkspaceException">Code <c>path</c>.</exception>
    public IReadOnlyList<FileWrite> Writes() =>
        [
            .. Changes.Select(change => new FileWrite(
                WorkspacePath.Parse(change.Path),
                change.Before is null ? null : WorkspaceRoot.Hash(change.Before.Bytes),
                change.After?.Bytes
            )),
        ];

    /// <summary>With hunks, for events and clients.</summary>
    public Patch ToPatch(string patchId) => new(patchId, [.. deltas.Select(delta => delta.ToPatchFile())]);

    /// <summary>The whole texts, for clients that draw their own diff.</summary>
    public IReadOnlyList<PatchText> Texts() =>
        [
            .. deltas
                .Where(delta => delta.IsDrawable)
                .Select(delta => new PatchText(delta.File.Path, Shown(delta.Before?.Text), Shown(delta.After?.Text))),
        ];

    /// <summary>Only these hunks; none = nothing, all = the plan, in any order the same result. A selection of a selection holds what is in
    /// both.</summary>
    public PatchPlan Select(IReadOnlySet<string> hunkIds)
    {
        var chosen = deltas.SelectMany(delta => delta.Select(hunkIds)).ToList();
        var paths = chosen.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        return new PatchPlan(chosen, Moves.Where(move => paths.Contains(move.Key)).ToDictionary(StringComparer.Ordinal)) { Notes = Notes };
    }

    // Clients count lines by LF.
    private static string? Shown(FileText? text) =>
        text is null ? null : LineText.Join(text.Lines.Select(line => line.End == "\r" ? line with { End = "\n" } : line));

    /// <summary>A move is one file to the user as long as nothing else happens at both of its paths.</summary>
    private static IEnumerable<Delta> Pair(IReadOnlyList<DiskChange> changes, IReadOnlyDictionary<string, string> moves)
    {
        var byPath = changes.ToDictionary(change => change.Path, StringComparer.Ordinal);
        var moved = changes
            .Where(change =>
                change.Before is null
                && moves.TryGetValue(change.Path, out var from)
                && byPath.TryGetValue(from, out var old)
                && old.After is null
            )
            .ToDictionary(change => change.Path, change => byPath[moves[change.Path]], StringComparer.Ordinal);
        var left = moved.Values.Select(old => old.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (moved.TryGetValue(change.Path, out var old))
            {
                yield return new Delta(
                    new PlannedFile(change.Path, FileChange.Moved, old.Before!.Bytes, change.After!.Bytes, old.Path),
                    old.Before,
                    change.After
                );
            }
            else if (!left.Contains(change.Path))
            {
                yield return new Delta(
                    new PlannedFile(change.Path, Kind(change), change.Before?.Bytes, change.After?.Bytes),
                    change.Before,
                    change.After
                );
            }
        }
    }

    private static FileChange Kind(DiskChange change) =>
        change.Before is null ? FileChange.Added
        : change.After is null ? FileChange.Deleted
        : FileChange.Modified;
}

using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Patching.Parsing;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Signs that a text is an edit in the words of another agent and no file.</summary>
internal static partial class Dialects
{
    /// <summary>Words that stand alone on a line above the old and above the new text.</summary>
    private static readonly (string Old, string New)[] Words =
    [
        ("search", "replace"),
        ("search", "replace with"),
        ("find", "replace"),
        ("find", "replace with"),
        ("replace", "with"),
        ("old", "new"),
        ("old code", "new code"),
        ("original", "updated"),
        ("original code", "updated code"),
        ("before", "after"),
    ];

    [GeneratedRegex(@"^<{4,9}( \S.*)?$")]
    private static partial Regex ConflictStart();

    [GeneratedRegex(@"^>{4,9}( \S.*)?$")]
    private static partial Regex ConflictEnd();

    [GeneratedRegex(@"^\d+(,\d+)?[acd]\d+(,\d+)?$")]
    private static partial Regex NormalDiff();

    [GeneratedRegex(@"^\d+(,\d+)?[acdi]$")]
    private static partial Regex EdCommand();

    [GeneratedRegex(@"<(?:parameter(?:=| name="")(?<name>\w+)""?|(?<name>[A-Za-z_]\w*)(?: [^<>]*)?)>")]
    private static partial Regex OpenTag();

    /// <param name="known">Trimmed lines that the file has already.</param>
    /// <returns>The first line that shows it; null: none does.</returns>
    public static string? Find(IReadOnlyList<string> lines, HashSet<string> known, string path, bool isData, bool isMarkup)
    {
        var fresh = lines.Where(line => line.AsSpan().Trim().Length > 0 && !known.Contains(line.Trim())).ToList();
        if (fresh.Count == 0)
        {
            return null;
        }
        return Marker(fresh)
            ?? Hunk(lines, fresh)
            ?? Command(fresh)
            ?? Tag(fresh, isMarkup)
            ?? (isData ? null : Call(lines))
            ?? Word(fresh)
            ?? Number(lines, fresh, path);
    }

    private static string? Marker(List<string> fresh) =>
        fresh.Find(line =>
            SearchReplace.IsStart(line)
            || SearchReplace.IsEnd(line)
            || ApplyPatch.IsStart(line)
            || ApplyPatch.IsEnd(line)
            || UnifiedDiff.IsNumbered(line)
            || line.StartsWith("diff --git ", StringComparison.Ordinal)
        ) ?? (fresh.Find(ConflictStart().IsMatch) is { } start && fresh.Exists(ConflictEnd().IsMatch) ? start : null);

    private static string? Hunk(IReadOnlyList<string> lines, List<string> fresh)
    {
        bool Signed(char sign) => fresh.Exists(line => line.Length > 1 && line[0] == sign);
        if (
            fresh.Find(line => line == "@@" || line.StartsWith("@@ ", StringComparison.Ordinal)) is { } hunk
            && (Signed('+') || Signed('-'))
        )
        {
            return hunk;
        }
        return Signed('+') && Signed('-') && lines.All(line => line is [] or [' ' or '+' or '-', ..])
            ? fresh.Find(line => line[0] is '+' or '-')
            : null;
    }

    private static string? Command(List<string> fresh) =>
        fresh.Find(NormalDiff().IsMatch) is { } normal && fresh.Exists(line => line is ['<' or '>', ' ', ..]) ? normal
        : EdCommand().IsMatch(fresh[0]) && fresh[^1] == "." ? fresh[0]
        : null;

    private static string? Tag(List<string> fresh, bool isMarkup)
    {
        var found = fresh
            .Where(line => line.Contains('<', StringComparison.Ordinal))
            .SelectMany(line => OpenTag().Matches(line).Select(tag => (Name: tag.Groups["name"].Value, Line: line)))
            .Where(tag => !isMarkup || OldNewNames.IsPlain(tag.Name))
            .DistinctBy(tag => tag.Name)
            .ToList();
        return OldNewNames.Find([.. found.Select(tag => tag.Name)]) is var (old, _) ? found.Find(tag => tag.Name == old).Line : null;
    }

    /// <summary>The whole text is one call as JSON.</summary>
    private static string? Call(IReadOnlyList<string> lines)
    {
        var text = string.Join('\n', lines).Trim();
        if (text is not (['{', .., '}'] or ['[', .., ']']))
        {
            return null;
        }
        try
        {
            using var call = JsonDocument.Parse(text);
            var first =
                call.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : call.RootElement;
            if (first.ValueKind != JsonValueKind.Object)
            {
                return null;
            }
            var names = first.EnumerateObject().Select(member => member.Name).ToList();
            return
                OldNewNames.Find(names) is not null
                || names.Intersect(["arguments", "parameters", "content", "edits", "patch", "diff"]).Any()
                ? lines.First(line => line.AsSpan().Trim().Length > 0)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Word(List<string> fresh)
    {
        var words = fresh.ToLookup(line =>
            line.Trim().Trim('/', '#', '*', '-', '=', '[', ']', ' ').TrimEnd(':').TrimEnd().ToLowerInvariant()
        );
        foreach (var (old, now) in Words)
        {
            if (words[old].FirstOrDefault() is { } above && words[now].Any())
            {
                return above;
            }
        }
        return null;
    }

    /// <summary>Line numbers of a listing: on every line, or on some in a form that no language has.</summary>
    private static string? Number(IReadOnlyList<string> lines, List<string> fresh, string path) =>
        Path.GetExtension(path).ToLowerInvariant() is not (".csv" or ".tsv" or ".tab" or ".psv" or ".dat") && Numbered.IsListing(lines)
            ? Numbered.First(lines)
            : null;
}

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>The names other agents give to the text before and after, as members of a call and as tags.</summary>
internal static class OldNewNames
{
    private static readonly (string Old, string[] New)[] Pairs =
    [
        ("old_string", ["new_string"]),
        ("old_str", ["new_str"]),
        ("old_text", ["new_text"]),
        ("old_content", ["new_content"]),
        ("old_code", ["new_code"]),
        ("oldstring", ["newstring"]),
        ("oldstr", ["newstr"]),
        ("oldtext", ["newtext"]),
        ("original_code", ["updated_code", "new_code"]),
        ("original_text", ["updated_text", "new_text"]),
        ("search", ["replace", "replacement"]),
        ("find", ["replace", "replacement"]),
        ("original", ["updated", "replacement", "new"]),
        ("old", ["new"]),
        ("before", ["after"]),
    ];

    /// <summary>No other language has a word like this.</summary>
    public static bool IsPlain(string name) =>
        name.Contains('_', StringComparison.Ordinal) || name.ToLowerInvariant() is "oldstring" or "oldtext";

    public static bool IsOld(string name) => Array.Exists(Pairs, pair => pair.Old.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static bool MayBeIn(string line) =>
        Array.Exists(Pairs, pair => line.Contains($"\"{pair.Old}", StringComparison.OrdinalIgnoreCase));

    public static bool IsPair(string old, string now) =>
        Array.Exists(Pairs, pair =>
            pair.Old.Equals(old, StringComparison.OrdinalIgnoreCase)
            && Array.Exists(pair.New, name => name.Equals(now, StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>The two names that belong together among these.</summary>
    public static (string Old, string New)? Find(IReadOnlyCollection<string> names)
    {
        foreach (var old in names.Where(IsOld))
        {
            if (names.FirstOrDefault(now => IsPair(old, now)) is { } found)
            {
                return (old, found);
            }
        }
        return null;
    }
}

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>Dashes, quotes, dots and spaces that models (and word processors) put in place of the plain ones.</summary>
internal static class Glyphs
{
    /// <summary>The plain signs for this one; nothing for a sign without width, null for what is plain.</summary>
    public static string? Plain(char letter) =>
        letter switch
        {
            >= '\u2010' and <= '\u2015' or '\u2212' => "-",
            >= '\u2018' and <= '\u201B' => "'",
            >= '\u201C' and <= '\u201F' => "\"",
            '\u2026' => "...",
            '\u00A0' or (>= '\u2000' and <= '\u200A') or '\u202F' or '\u205F' or '\u3000' => " ",
            '\u200B' or '\u2060' or '\uFEFF' => "",
            _ => null,
        };
}

namespace CodexSidecar.Testing;

/// <summary>Names that files really have and that no rule for paths expects: blanks, commas, quotes, other letters. For every place where a
/// path is read from a model.</summary>
internal static class OddNames
{
    public static IReadOnlyList<string> All { get; } =
    [
        "src/Order Total.js",
        "src/a,b.js",
        "src/a, b.js",
        "src/it's.js",
        "src/ü.js",
        "src/u\u0308.js",
        "日本語/файл.js",
        "app/[id]/page.js",
        "app/(shop)/page.js",
        "src/a (copy).js",
        "src/a=b.js",
        "src/a;b.js",
        "src/C#.js",
        "src/{a}!.js",
        "src/1. first.js",
        "src/emoji 😀.js",
        "src/a - b.js",
    ];

    /// <summary>Names that Windows does not have.</summary>
    public static IReadOnlyList<string> NotOnWindows { get; } =
    ["src/say \"hi\".js", "src/`x`.js", "src/<T>.js", "src/a|b.js", "src/a?b.js", "src/a*b.js"];
}

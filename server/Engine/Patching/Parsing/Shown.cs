namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Files whose text may show edits that are not meant: documents, patches, what tests compare with.</summary>
internal static class Shown
{
    private static readonly string[] Patches = [".diff", ".patch", ".rej", ".orig", ".case", ".golden", ".snap", ".approved"];

    private static readonly string[] Folders =
    [
        "fixtures",
        "fixture",
        "__fixtures__",
        "testdata",
        "test-data",
        "__snapshots__",
        "snapshots",
        "goldens",
        "golden",
        "cassettes",
    ];

    public static bool In(string path) =>
        Fences.IsDocument(path, "")
        || Patches.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
        || path.Split('/', '\\').SkipLast(1).Any(folder => Folders.Contains(folder, StringComparer.OrdinalIgnoreCase));
}

using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Paths no patch may name, whoever asks.</summary>
internal static partial class PatchPath
{
    /// <returns>The path as the workspace writes it.</returns>
    /// <exception cref="RefusedException">path.</exception>
    public static string Check(string path)
    {
        try
        {
            var parsed = WorkspacePath.Parse(path);
            if (path.Replace('\\', '/') is var plain && (plain.EndsWith('/') || plain.EndsWith("/.", StringComparison.Ordinal)))
            {
                throw new RefusedException("path", $"{path} names a folder, and a block needs the path of a file.");
            }
            return parsed switch
            {
                { IsRoot: true } => throw new RefusedException("path", "A block needs the path of a file."),
                { IsReserved: true } => throw new RefusedException(
                    "path",
                    $"{path} is refused: a patch never changes files in .git or .codex-sidecar."
                ),
                _ => parsed.Value,
            };
        }
        catch (WorkspaceException refused)
        {
            throw new RefusedException(refused.Code, refused.Message);
        }
    }

    /// <summary>What a model leaves behind a path does not become the name of a new file.</summary>
    /// <param name="isThere">Whether there is such a file.</param>
    /// <exception cref="RefusedException">path.</exception>
    public static void CheckNew(string path, Func<string, bool> isThere)
    {
        if (path.AsSpan().ContainsAny(Signs))
        {
            throw new RefusedException("path", $"{path} is no name for a new file: it has a sign that no system allows in one.");
        }
        if (Tail().Match(path) is { Success: true } found && isThere(found.Groups["path"].Value))
        {
            throw new RefusedException("path", $"{path} is {found.Groups["path"].Value} with something behind it; write the path alone.");
        }
    }

    /// <summary>The path is the other one and more, which is not the end of a word: <c>a.js~</c>, and not <c>a.jsx</c>.</summary>
    public static bool IsTailOf(string path, string other) =>
        path.Length > other.Length && path.StartsWith(other, StringComparison.Ordinal) && !char.IsAsciiLetterOrDigit(path[other.Length]);

    private static readonly System.Buffers.SearchValues<char> Signs = System.Buffers.SearchValues.Create("<>|*?\"`");

    [System.Text.RegularExpressions.GeneratedRegex(@"^(?<path>.*?\.[A-Za-z0-9]{1,12})[^A-Za-z0-9._/~-].*$")]
    private static partial System.Text.RegularExpressions.Regex Tail();
}

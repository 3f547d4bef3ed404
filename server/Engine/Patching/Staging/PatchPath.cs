using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Paths no patch may name, whoever asks.</summary>
internal static class PatchPath
{
    private const string NeverNew = "<>|*?\"`";

    /// <returns>The path as the workspace writes it.</returns>
    /// <exception cref="RefusedException">path.</exception>
    public static string Check(string path)
    {
        if (NamesFolder(path))
        {
            throw new RefusedException("path", $"The path '{Shown(path)}' is refused: it names a folder; use the path of a file.");
        }
        try
        {
            var parsed = WorkspacePath.Parse(path);
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

    /// <summary>What no new file is called: signs that shells and file systems keep for themselves, tokens of a model, and blanks that
    /// nobody sees. A file that has such a name already can be changed.</summary>
    /// <exception cref="RefusedException">path.</exception>
    public static void CheckNew(string path)
    {
        if (path.AsSpan().IndexOfAny(NeverNew) >= 0 || char.IsWhiteSpace(path[^1]) || path.Any(IsInvisible))
        {
            throw new RefusedException(
                "path",
                $"The path '{Shown(path)}' is refused: no new file has one of {NeverNew} or an invisible sign in its name."
            );
        }
    }

    /// <summary>The path without what begins with a sign that stands behind names rather than in them, once for each such sign.</summary>
    public static IEnumerable<string> Stems(string path)
    {
        for (var i = 1; i < path.Length; i++)
        {
            var isTail =
                path[i] is '/' or '\\' ? path.AsSpan(i).Trim("/\\.").Length == 0
                : path[i] == ' ' ? i + 1 < path.Length && !char.IsLetterOrDigit(path[i + 1])
                : !char.IsLetterOrDigit(path[i]) && !"._-~+@".Contains(path[i], StringComparison.Ordinal);
            if (isTail)
            {
                yield return path[..i];
            }
        }
    }

    /// <summary>It ends with a slash, or with one and a dot.</summary>
    public static bool NamesFolder(string path) => path.AsSpan().TrimEnd('.') is [.., '/' or '\\'];

    /// <summary>Safe to print.</summary>
    public static string Shown(string path) => string.Concat(path.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));

    private static bool IsInvisible(char letter) => letter is (>= '\u200B' and <= '\u200F') or '\u2060' or '\u00AD';
}

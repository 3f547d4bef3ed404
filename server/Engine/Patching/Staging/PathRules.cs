using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Paths no patch may name, whoever asks. All else that a path must not be is known to <see cref="WorkspacePath"/>.</summary>
internal static class PathRules
{
    private static readonly string[] Ours = [".git", "git~1", ".codex-sidecar", "codex-~1"];

    /// <exception cref="RefusedException">path.</exception>
    public static string Check(string path)
    {
        try
        {
            var value = WorkspacePath.Parse(path).Value;
            if (value is "." or "")
                throw new RefusedException("path", "A block needs the path of a file.");
            if (value.Split('/').FirstOrDefault(IsOurs) is { } name)
                throw new RefusedException("path", $"{path} is refused: files in {(name.Contains("codex", StringComparison.OrdinalIgnoreCase) ? ".codex-sidecar" : ".git")} are never changed by a patch.");
            return value;
        }
        catch (WorkspaceException refused)
        {
            throw new RefusedException(refused.Code, refused.Message);
        }
    }

    // Every spelling some file system takes for the same name: case, trailing dots and blanks, streams, code points that are ignored, short names.
    private static bool IsOurs(string name)
    {
        var stream = name.IndexOf(':', StringComparison.Ordinal);
        var plain = string.Concat((stream < 0 ? name : name[..stream]).Where(letter =>
            letter is not ('\u200C' or '\u200D' or '\u200E' or '\u200F' or '\uFEFF') and not (>= '\u202A' and <= '\u202E') and not (>= '\u206A' and <= '\u206F'))).TrimEnd('.', ' ');
        return Ours.Contains(plain, StringComparer.OrdinalIgnoreCase);
    }
}

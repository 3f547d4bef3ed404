using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Policy;

/// <summary>Files that make something run by themselves or loosen our own rules: changing one is asked at every level.</summary>
internal static partial class ProtectedNames
{
    /// <param name="path">Relative, with <c>/</c>.</param>
    public static bool Covers(string path) => SecretNames.Covers(path) || Name().IsMatch(Plain(path));

    /// <summary>Some file systems see the same name in other letters: without what is invisible, and with the short names of
    /// Windows.</summary>
    private static string Plain(string path) =>
        string.Concat(path.Where(letter => char.GetUnicodeCategory(letter) is not UnicodeCategory.Format))
            .Replace('\\', '/')
            .Replace("git~1", ".git", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        """
            (^|/) (
                \.git | \.codex-sidecar | \.githooks | \.husky | \.devcontainer
              | \.codex | \.agents | \.claude | \.cursor | \.continue | \.gemini
              | \.github/(workflows|actions) | \.gitlab | \.circleci | \.buildkite | \.woodpecker | \.teamcity
            ) (/|$)
            | (^|/) (
                \.vscode/(tasks|settings|launch|mcp)\.json | [^/]*\.code-workspace | \.idea/runConfigurations/.* | \.envrc
              | AGENTS\.md | CLAUDE\.md | GEMINI\.md | \.cursorrules | \.mcp\.json | \.github/copilot-instructions\.md
              | \.codexignore | \.gitmodules | \.pre-commit-config\.ya?ml | lefthook\.ya?ml
              | \.gitlab-ci\.ya?ml | azure-pipelines[\w.-]*\.ya?ml | bitbucket-pipelines\.yml | \.travis\.yml | \.drone\.yml
              | appveyor\.yml | cloudbuild\.ya?ml | jenkinsfile
            ) $
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Name();
}

using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Processes;

/// <summary>Finds in what a command printed that the sandbox kept it from writing somewhere.</summary>
internal static partial class StoppedWrite
{
    /// <returns>The path of the first one outside the workspace; null: there is none.</returns>
    public static string? Find(string output, string workspace)
    {
        foreach (Match line in Refused.Matches(output))
        {
            foreach (Match path in AbsolutePath.Matches(line.Value))
            {
                var found = path.Value.TrimEnd('.', '/');
                if (found.Length > 1 && found != workspace && !found.StartsWith($"{workspace.TrimEnd('/')}/", StringComparison.Ordinal))
                {
                    return found;
                }
            }
        }
        return null;
    }

    /// <summary>A read-only mount says EROFS, in the words of the C library, of Node or of Python. Landlock and macOS have no words of
    /// their own, and a missing right of the user's looks the same there.</summary>
    [GeneratedRegex(@"^.*(?:EROFS|[Rr]ead-only file system).*$", RegexOptions.Multiline)]
    private static partial Regex Refused { get; }

    [GeneratedRegex(@"(?<![\w.:/])/[^\s'""`,:;()\[\]<>]+")]
    private static partial Regex AbsolutePath { get; }
}

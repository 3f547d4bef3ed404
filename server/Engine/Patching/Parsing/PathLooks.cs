namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Whether a text looks like a path, by its letters alone.</summary>
internal static class PathLooks
{
    private const int Longest = 1024;

    private static readonly HashSet<string> BareNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "Makefile",
        "Dockerfile",
        "Containerfile",
        "LICENSE",
        "README",
        "CHANGELOG",
        "Gemfile",
        "Rakefile",
        "Procfile",
        "Jenkinsfile",
        "Vagrantfile",
        "Justfile",
        "CODEOWNERS",
        "NOTICE",
        "AUTHORS",
        "Brewfile",
        "BUILD",
        "WORKSPACE",
    };

    public static bool Like(string text)
    {
        if (text.Length is 0 or > Longest || text.Any(letter => char.IsControl(letter) || "<>|*?\"`=;,".Contains(letter)))
        {
            return false;
        }
        if (text.Contains("://", StringComparison.Ordinal) && !text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var name = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
        if (BareNames.Contains(name) || HasExtension(name))
        {
            return true;
        }
        // Without an extension only plain characters: "and/or" may be a file, "(a/b)" is not.
        return name.Length > 0
            && name.Length < text.Length
            && text.All(letter => char.IsLetterOrDigit(letter) || "/\\._-@+~: ".Contains(letter))
            && text.Any(char.IsLetter);
    }

    /// <summary>Signs that stand in code and prose rather than in paths, and are believed only in a tag.</summary>
    public static bool LikeOddly(string text) =>
        Like(text)
        || (
            text.Length is > 0 and <= Longest
            && !text.Any(letter => char.IsControl(letter) || "<>|*?\"`".Contains(letter))
            && !text.Contains("://", StringComparison.Ordinal)
            && HasExtension(text[(text.LastIndexOfAny(['/', '\\']) + 1)..])
        );

    private static bool HasExtension(string name)
    {
        var extension = name[(name.LastIndexOf('.') + 1)..];
        return extension.Length < name.Length
            && extension.Length is > 0 and <= 20
            && !name.EndsWith("..", StringComparison.Ordinal)
            && !name.Contains('(', StringComparison.Ordinal)
            && extension.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            && extension.Any(char.IsAsciiLetter);
    }
}

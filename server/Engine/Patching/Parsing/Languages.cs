namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Which word behind a fence goes with which file.</summary>
internal static class Languages
{
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        [".js"] = ["javascript", "jsx", "node"],
        [".mjs"] = ["javascript", "js"],
        [".cjs"] = ["javascript", "js"],
        [".jsx"] = ["javascript", "js"],
        [".ts"] = ["typescript", "tsx"],
        [".tsx"] = ["typescript", "ts"],
        [".py"] = ["python", "python3"],
        [".pyi"] = ["python", "py"],
        [".cs"] = ["csharp", "c#"],
        [".fs"] = ["fsharp", "f#"],
        [".rs"] = ["rust"],
        [".rb"] = ["ruby"],
        [".kt"] = ["kotlin"],
        [".go"] = ["golang"],
        [".h"] = ["c", "cpp", "c++", "objc"],
        [".hpp"] = ["cpp", "c++"],
        [".cc"] = ["cpp", "c++"],
        [".cpp"] = ["c++"],
        [".hs"] = ["haskell"],
        [".ex"] = ["elixir"],
        [".yml"] = ["yaml"],
        [".yaml"] = ["yml"],
        [".md"] = ["markdown"],
        [".sh"] = ["bash", "shell", "zsh"],
        [".html"] = ["htm", "xml"],
        [".csproj"] = ["xml"],
        [".m"] = ["objc", "objective-c", "matlab"],
        [".pl"] = ["perl"],
        [".ps1"] = ["powershell"],
        [".jl"] = ["julia"],
        [".tf"] = ["terraform", "hcl"],
    };

    public static bool Is(string path, string word)
    {
        var extension = Path.GetExtension(path);
        return extension.Length > 1
            && word.Length > 0
            && (
                extension.AsSpan(1).Equals(word, StringComparison.OrdinalIgnoreCase)
                || (Words.TryGetValue(extension, out var words) && words.Contains(word, StringComparer.OrdinalIgnoreCase))
            );
    }

    /// <summary>The usual word behind a fence for this file.</summary>
    public static string Of(string path)
    {
        var extension = Path.GetExtension(path);
        return extension.Length > 1
            ? Words.TryGetValue(extension, out var words)
                ? words[0]
                : extension[1..].ToLowerInvariant()
            : "";
    }
}

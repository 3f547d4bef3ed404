namespace CodexSidecar.Engine.Patching;

/// <summary>One line and what becomes of it, in the language of a file: models keep to the language they are shown.</summary>
internal static class EditExample
{
    public static (string Before, string After) Of(string extension) =>
        extension.ToLowerInvariant() switch
        {
            ".js" or ".mjs" or ".cjs" or ".jsx" or ".ts" or ".tsx" => Of("const total = price + count;", "const total = price * count;"),
            ".cs" or ".java" or ".dart" => Of("var total = price + count;", "var total = price * count;"),
            ".c" or ".h" or ".cc" or ".cpp" or ".hpp" => Of("int total = price + count;", "int total = price * count;"),
            ".rs" => Of("let total = price + count;", "let total = price * count;"),
            ".go" => Of("total := price + count", "total := price * count"),
            ".kt" or ".scala" => Of("val total = price + count", "val total = price * count"),
            ".swift" or ".fs" => Of("let total = price + count", "let total = price * count"),
            ".php" => Of("$total = $price + $count;", "$total = $price * $count;"),
            ".sh" => Of("total=$((price + count))", "total=$((price * count))"),
            ".html" or ".xml" or ".csproj" => Of("<title>Old</title>", "<title>New</title>"),
            ".css" => Of("a { color: red; }", "a { color: blue; }"),
            ".json" => Of("\"size\": 1", "\"size\": 2"),
            ".yml" or ".yaml" => Of("size: 1", "size: 2"),
            ".md" or ".txt" or ".rst" => Of("The old line.", "The new line."),
            _ => Of("total = price + count", "total = price * count"),
        };

    private static (string, string) Of(string before, string after) => (before, after);
}

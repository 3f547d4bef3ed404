using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Mapping;

/// <summary>What a file of code defines, found line by line: no grammar, so a broken file and an unknown dialect give something
/// too.</summary>
internal static partial class Symbols
{
    private const int MostOfFile = 200,
        LongestLine = 400;
    private const string Script = "js mjs cjs ts mts tsx jsx vue svelte",
        Classes = "cs java kt kts scala swift php cpp cc cxx h hpp";

    // Each form with the extensions it is looked for in.
    private static readonly (HashSet<string> Extensions, Regex Form)[] Forms =
    [
        (Of($"{Script} {Classes} vb c go rs py rb lua"), Declared()),
        (Of("go"), GoMethod()),
        (Of($"{Script} {Classes}"), Member()),
        (Of($"{Script} {Classes}"), OpenMember()),
        (Of(Script), Value()),
        (Of("c cc cpp cxx h hpp"), CFunction()),
        (Of("sh bash"), ShellFunction()),
        (Of("sql"), Created()),
    ];
    private static readonly HashSet<string> NoNames = Of(
        "if for foreach while switch catch return new using lock else case constructor function super typeof sizeof await throw "
            + "when get set"
    );
    private static readonly HashSet<string> Known = [.. Forms.SelectMany(form => form.Extensions), .. Of("html css")];

    /// <summary>True for files that are written in a language we know.</summary>
    public static bool IsCode(string path) => Known.Contains(Extension(path));

    /// <returns>Names in the order they stand in the file, each once.</returns>
    public static IReadOnlyList<string> DefinedIn(string path, string text)
    {
        var extension = Extension(path);
        var forms = Forms.Where(form => form.Extensions.Contains(extension)).Select(form => form.Form).ToArray();
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in forms.Length == 0 ? default : text.AsSpan().EnumerateLines())
        {
            // Comments begin with one of these in all of the languages; a closing bracket defines nothing.
            if (line.Length > LongestLine || line.TrimStart() is [] or ['/' or '*' or '#' or '}' or ')' or ';' or '.' or '"' or '\'', ..])
            {
                continue;
            }
            if (Name(forms, line) is { } name && seen.Add(name) && names.Count < MostOfFile)
            {
                names.Add(name);
            }
        }
        return names;
    }

    private static string? Name(Regex[] forms, ReadOnlySpan<char> line)
    {
        foreach (var form in forms)
        {
            if (form.IsMatch(line) && form.Match(line.ToString()).Groups["name"].Value is var name && !NoNames.Contains(name))
            {
                return name;
            }
        }
        return null;
    }

    private static string Extension(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static HashSet<string> Of(string words) => [.. words.Split(' ')];

    [GeneratedRegex(
        @"^\s*(?:(?:export|default|public|private|protected|internal|fileprivate|open|static|abstract|sealed|final|async|partial"
            + @"|readonly|ref|data|pub(?:\([a-z]+\))?|unsafe|extern|inline|override|declare|local|const)\s+)*(?:class|interface|struct|enum"
            + @"|record(?:\s+(?:class|struct))?|trait|protocol|extension|object|type|namespace|module|func|function\*?|fn|fun|def|delegate"
            + @"|macro_rules!|impl)\s+(?:self\.)?(?<name>[A-Za-z_$][\w$]*)"
    )]
    private static partial Regex Declared();

    [GeneratedRegex(@"^func\s+\([^)]*\)\s+(?<name>\w+)")]
    private static partial Regex GoMethod();

    /// <summary>A method or property with a modifier or a type before its name, or a method of a script's class.</summary>
    [GeneratedRegex(
        @"^\s+(?:(?:(?:public|private|protected|internal|static|virtual|override|abstract|async|readonly|final|required|get|set"
            + @"|\*)\s+)+(?:[\w<>\[\],.?:]+\s+)*|)(?<name>[A-Za-z_$][\w$]*)\s*(?:<[^>]*>)?\s*(?:\([^;]*\)\s*(?:[:\w\s<>\[\]|]*)?(?:\{|=>|$)"
            + @"|\{\s*get|=>)"
    )]
    private static partial Regex Member();

    /// <summary>A method with a modifier whose parameters stand on the next lines.</summary>
    [GeneratedRegex(
        @"^\s+(?:(?:public|private|protected|internal|static|virtual|override|abstract"
            + @"|async)\s+)+(?:[\w<>\[\],.?:]+\s+)*(?<name>[A-Za-z_$][\w$]*)\s*(?:<[^>]*>)?\s*\([^;)]*$"
    )]
    private static partial Regex OpenMember();

    [GeneratedRegex(
        @"^(?:export\s+)?(?:default\s+)?(?:const|let|var)\s+(?<name>[A-Za-z_$][\w$]*)\s*[:=]"
            + @"|^(?:module\.)?exports\.(?<name>[A-Za-z_$][\w$]*)\s*="
    )]
    private static partial Regex Value();

    [GeneratedRegex(@"^[A-Za-z_][\w\s*&:<>,]*?[\s*&](?<name>[A-Za-z_]\w*)\s*\([^;]*$")]
    private static partial Regex CFunction();

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z_][\w-]*)\s*\(\)\s*\{?")]
    private static partial Regex ShellFunction();

    [GeneratedRegex(
        @"^\s*create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:table|view|function|procedure|index"
            + @"|trigger)\s+(?:if\s+not\s+exists\s+)?(?<name>[\w.""]+)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Created();
}

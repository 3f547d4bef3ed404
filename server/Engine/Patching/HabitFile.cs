using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Patching;

/// <summary>A .editorconfig or .gitattributes, read once: what it says about which paths below its folder.</summary>
internal sealed class HabitFile
{
    private readonly List<(Section Where, string Key, string Value)> said = [];

    private HabitFile() { }

    /// <summary>.editorconfig: nothing above this folder counts.</summary>
    public bool IsRoot { get; private set; }

    public static HabitFile Read(string path, byte[] bytes)
    {
        var lines = LineText.Lines(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
        return path.EndsWith(".gitattributes", StringComparison.Ordinal) ? GitAttributes(lines) : EditorConfig(lines);
    }

    /// <param name="path">Relative to the file's folder.</param>
    /// <param name="only">This key; null: all.</param>
    /// <returns>The last line that fits wins.</returns>
    public Dictionary<string, string> Of(string path, string? only = null)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (where, key, value) in said)
        {
            if ((only is null || key == only) && where.Fits(path))
            {
                values[key] = value;
            }
        }
        return values;
    }

    private static HabitFile EditorConfig(string[] lines)
    {
        var file = new HabitFile();
        Section? section = null;
        foreach (var line in lines.Select(line => line.Trim()).Where(IsSaid))
        {
            // A section's own pattern may hold brackets; what stands behind the last one is a comment.
            if (line[0] == '[' && line.LastIndexOf(']') is var close and > 0)
            {
                section = new(line[1..close]);
            }
            else if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value])
            {
                value = WithoutComment(value).ToLowerInvariant();
                if (section is not null)
                {
                    file.said.Add((section, key.ToLowerInvariant(), value));
                }
                else
                {
                    file.IsRoot |= key.Equals("root", StringComparison.OrdinalIgnoreCase) && value == "true";
                }
            }
        }
        return file;
    }

    private static HabitFile GitAttributes(string[] lines)
    {
        var file = new HabitFile();
        foreach (var line in lines.Where(IsSaid))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            var section = new Section(words.Length > 1 ? words[0] : "");
            foreach (var word in words.Skip(1))
            {
                if (word.Split('=', 2) is [var key, var value])
                {
                    file.said.Add((section, key, value));
                }
            }
        }
        return file;
    }

    private static bool IsSaid(string line) => line is not ([] or ['#' or ';', ..]);

    /// <summary>Old files have comments behind a value.</summary>
    private static string WithoutComment(string value)
    {
        for (var at = 1; at < value.Length; at++)
        {
            if (value[at] is '#' or ';' && char.IsWhiteSpace(value[at - 1]))
            {
                return value[..at].TrimEnd();
            }
        }
        return value;
    }

    /// <summary>A pattern without a slash speaks of names, whatever their folder. Null: it fits nothing.</summary>
    private static Regex? Pattern(string pattern)
    {
        if (pattern.Length > 200)
        {
            return null;
        }
        var glob = pattern.TrimStart('/');
        var expression = new StringBuilder(pattern.Contains('/', StringComparison.Ordinal) ? "^" : "^(.*/)?");
        var braces = 0;
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob[i] == '[' && Letters(glob, i) is var (letters, end))
            {
                expression.Append(letters);
                i = end;
                continue;
            }
            var stars = i + 1 < glob.Length && glob[i] == '*' && glob[i + 1] == '*';
            braces += glob[i] switch
            {
                '{' => 1,
                '}' when braces > 0 => -1,
                _ => 0,
            };
            expression.Append(
                glob[i] switch
                {
                    '*' when stars => ".*",
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    '{' => "(",
                    '}' => ")",
                    ',' when braces > 0 => "|",
                    var letter => Regex.Escape(letter.ToString()),
                }
            );
            i += stars ? 1 : 0;
        }
        try
        {
            return new Regex(expression.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException)
        {
            // Braces that do not close.
            return null;
        }
    }

    /// <summary>One of these letters, <c>[a-z]</c>, or none of them, <c>[!a-z]</c>. Null: the bracket is only a bracket.</summary>
    private static (string Expression, int End)? Letters(string glob, int open)
    {
        var end = glob.IndexOf(']', open + 1);
        if (end <= open + 1 || glob.AsSpan(open + 1, end - open - 1).Contains('/'))
        {
            return null;
        }
        var (not, letters) = glob[open + 1] is '!' or '^' ? ("^/", glob[(open + 2)..end]) : ("", glob[(open + 1)..end]);
        var escaped = letters.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
        return letters.Length == 0 ? null : ($"[{not}{escaped.Replace("^", @"\^", StringComparison.Ordinal)}]", end);
    }

    /// <summary>Most ask of all files, and most of what is said is never asked for: a pattern is made when it is needed.</summary>
    private sealed class Section(string pattern)
    {
        private Regex? expression;
        private bool isMade;

        public bool Fits(string path)
        {
            if (pattern == "*")
            {
                return true;
            }
            if (!isMade)
            {
                (expression, isMade) = (Pattern(pattern), true);
            }
            return expression?.IsMatch(path) == true;
        }
    }
}

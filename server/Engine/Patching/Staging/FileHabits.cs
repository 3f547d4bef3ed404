using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>What .editorconfig and .gitattributes say about a file, as far as it matters where the file itself says nothing.</summary>
/// <param name="TabWidth">Columns.</param>
/// <param name="End">Of the lines of a new file.</param>
/// <param name="Charset">Null: not said, or a form of Unicode, which is seen by itself.</param>
internal sealed record FileHabits(int TabWidth, string End, string? Charset)
{
    /// <param name="lines">The lines of a configuration file; none if there is no such file.</param>
    public static FileHabits Of(string path, Func<string, IReadOnlyList<string>> lines)
    {
        var said = EditorConfig(path, lines);
        var end = said.GetValueOrDefault("end_of_line") switch
        {
            "crlf" => "\r\n",
            "cr" => "\r",
            "lf" => "\n",
            _ => GitAttributes(path, lines) ?? "\n",
        };
        var width = said.GetValueOrDefault("tab_width") ?? said.GetValueOrDefault("indent_size");
        return new FileHabits(
            int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var tabs) && tabs is > 0 and <= 16 ? tabs : 4,
            end,
            said.GetValueOrDefault("charset") switch
            {
                null or "unset" => null,
                "latin1" => "iso-8859-1",
                var name => name.StartsWith("utf", StringComparison.Ordinal) ? null : name,
            }
        );
    }

    /// <summary>The nearest file wins, and in it the last section that fits.</summary>
    private static Dictionary<string, string> EditorConfig(string path, Func<string, IReadOnlyList<string>> lines)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var folder = Folder(path); folder is not null; folder = folder.Length == 0 ? null : Folder(folder.TrimEnd('/')))
        {
            var here = new Dictionary<string, string>(StringComparer.Ordinal);
            var fits = false;
            var root = false;
            foreach (var line in lines(folder + ".editorconfig").Select(line => line.Trim()).Where(IsSaid))
            {
                if (line is ['[', .., ']'])
                {
                    fits = Fits(line[1..^1], path[folder.Length..]);
                }
                else if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value] && fits)
                {
                    here[key.ToLowerInvariant()] = value.ToLowerInvariant();
                }
                else
                {
                    root |= line.Replace(" ", "", StringComparison.Ordinal).Equals("root=true", StringComparison.OrdinalIgnoreCase);
                }
            }
            foreach (var (key, value) in here)
            {
                said.TryAdd(key, value);
            }
            if (root)
            {
                break;
            }
        }
        return said;
    }

    private static string? GitAttributes(string path, Func<string, IReadOnlyList<string>> lines)
    {
        string? end = null;
        foreach (
            var words in lines(".gitattributes")
                .Where(IsSaid)
                .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length > 1 && Fits(words[0], path))
        )
        {
            end =
                words.Contains("eol=crlf") ? "\r\n"
                : words.Contains("eol=lf") ? "\n"
                : end;
        }
        return end;
    }

    private static bool IsSaid(string line) => line is not ([] or ['#' or ';', ..]);

    private static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];

    /// <summary>A pattern without a slash speaks of names, whatever their folder.</summary>
    private static bool Fits(string pattern, string path)
    {
        if (pattern.Length > 200)
        {
            return false;
        }
        var glob = pattern.TrimStart('/');
        var expression = new StringBuilder(pattern.Contains('/', StringComparison.Ordinal) ? "^" : "^(.*/)?");
        var braces = 0;
        for (var i = 0; i < glob.Length; i++)
        {
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
            return Regex.IsMatch(path, expression.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException)
        {
            // Braces that do not close.
            return false;
        }
    }
}

using System.Globalization;

namespace CodexSidecar.Engine.Patching;

/// <summary>What .editorconfig and .gitattributes say about a file, as far as it matters where the file itself says nothing.</summary>
/// <param name="TabWidth">Columns.</param>
/// <param name="End">Of the lines of a new file.</param>
/// <param name="Charset">As it is written there (<see cref="Charsets"/> knows what it means); null: not said.</param>
internal sealed record FileHabits(int TabWidth, string End, string? Charset)
{
    public static FileHabits Nothing { get; } = new(4, "\n", null);

    /// <param name="file">A configuration file by its path, .editorconfig or .gitattributes; null: there is none.</param>
    public static FileHabits Of(string path, Func<string, HabitFile?> file)
    {
        var said = EditorConfig(path, file);
        var git = file(".gitattributes")?.Of(path);
        var end = said.GetValueOrDefault("end_of_line") switch
        {
            "crlf" => "\r\n",
            "cr" => "\r",
            "lf" => "\n",
            _ => git?.GetValueOrDefault("eol") == "crlf" ? "\r\n" : "\n",
        };
        var width = said.GetValueOrDefault("tab_width") ?? said.GetValueOrDefault("indent_size");
        return new FileHabits(
            int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var tabs) && tabs is > 0 and <= 16 ? tabs : 4,
            end,
            said.GetValueOrDefault("charset") ?? git?.GetValueOrDefault("working-tree-encoding")
        );
    }

    /// <summary>The same for <see cref="Charset"/> alone, where nothing else is asked.</summary>
    public static string? CharsetOf(string path, Func<string, HabitFile?> file) =>
        EditorConfig(path, file, "charset").GetValueOrDefault("charset")
        ?? file(".gitattributes")?.Of(path, "working-tree-encoding").GetValueOrDefault("working-tree-encoding");

    /// <summary>The nearest file wins, and in it the last section that fits.</summary>
    private static Dictionary<string, string> EditorConfig(string path, Func<string, HabitFile?> file, string? only = null)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var folder = Folder(path); folder is not null; folder = folder.Length == 0 ? null : Folder(folder.TrimEnd('/')))
        {
            if (file(folder + ".editorconfig") is not { } here)
            {
                continue;
            }
            foreach (var (key, value) in here.Of(path[folder.Length..], only))
            {
                said.TryAdd(key, value);
            }
            if (here.IsRoot)
            {
                break;
            }
        }
        return said;
    }

    private static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];
}

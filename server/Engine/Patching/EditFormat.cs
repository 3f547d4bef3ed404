using System.Globalization;
using System.Text;
using CodexSidecar.Engine.Patching.Parsing;

namespace CodexSidecar.Engine.Patching;

internal enum EditForm
{
    WholeFile,
    SearchReplace,
}

/// <summary>A file that is going to be changed, as far as it matters for how to ask.</summary>
/// <param name="Text">Null: a new file.</param>
/// <param name="SearchFailed">A SEARCH for it was not found before.</param>
/// <param name="WholeWasCut">Sent as a whole it did not fit into a reply.</param>
internal sealed record EditTarget(string Path, string? Text, bool SearchFailed = false, bool WholeWasCut = false);

/// <summary>Which form of change is asked for, and how it is asked for. Whatever is asked for, every form is accepted.</summary>
internal static class EditFormat
{
    private const string ExampleName = "example_of_the_form";

    private const int ShortFile = 300,
        MostListed = 6,
        MostBlocks = 5;

    private const double CharsPerToken = 3.5,
        Margin = 1.15;

    /// <summary>Whole files are what small models do best, as long as they fit.</summary>
    /// <param name="reserve">Tokens left for the reply.</param>
    public static EditForm Choose(EditTarget file, int reserve)
    {
        if (file.Text is null)
        {
            return EditForm.WholeFile;
        }
        var fits = file.Text.Length / CharsPerToken * Margin <= reserve;
        return fits && !file.WholeWasCut && (file.SearchFailed || Lines(file.Text) <= ShortFile)
            ? EditForm.WholeFile
            : EditForm.SearchReplace;
    }

    /// <summary>Short enough to be sent as a whole whatever the model.</summary>
    public static bool IsShort(string text) => Lines(text) <= ShortFile && text.Length <= 12_000;

    /// <summary>The words for the prompt: one form for each file, an example in the language of the first.</summary>
    public static string Describe(IReadOnlyList<EditTarget> files, int reserve)
    {
        var asked = files.Select(file => (file.Path, Form: Choose(file, reserve))).ToList();
        var fence = FenceText.Around([.. files.Select(file => file.Text ?? "")]);
        var mixed = asked.DistinctBy(file => file.Form).Count() > 1;
        var text = new StringBuilder();
        foreach (var form in asked.Select(file => file.Form).DefaultIfEmpty(EditForm.WholeFile).Distinct().Order())
        {
            text.Append(form == EditForm.WholeFile ? "Whole file: " : "SEARCH/REPLACE: ").Append(Rule(form)).Append('\n');
            // One example is enough: the harder form.
            if (!mixed || form == EditForm.SearchReplace)
            {
                text.Append(Example(form, files.Count > 0 ? files[0].Path : "", fence));
            }
        }
        foreach (var (path, form) in asked.Take(mixed ? MostListed : 0))
        {
            text.Append("- ").Append(path).Append(form == EditForm.WholeFile ? ": whole file\n" : ": SEARCH/REPLACE\n");
        }
        text.Append("A new file is always sent as a whole. Write every line out: never put \"...\" or a comment in place of code.\n");
        return text.ToString();
    }

    /// <summary>A path of our own example, repeated.</summary>
    public static bool IsExample(string path) => Path.GetFileNameWithoutExtension(path) == ExampleName;

    private static string Rule(EditForm form) =>
        form == EditForm.WholeFile
            ? "write the file's path on its own line, then one fenced block with the complete new text of the file."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"write the file's path on its own line, then blocks like the example, at most {MostBlocks} in a reply. SEARCH "
                    + $"holds whole lines copied exactly from the file, with their indent and without line numbers, and enough of "
                    + $"them to be found once; REPLACE holds what stands there instead."
            );

    private static string Example(EditForm form, string path, string fence)
    {
        var name = ExampleName + Path.GetExtension(path);
        var (before, after) = EditExample.Of(Path.GetExtension(path));
        var language = Languages.Of(path);
        return form == EditForm.WholeFile
            ? $"Example:\n{name}\n{fence}{language}\n{after}\n{fence}\n"
            : $"Example:\n{name}\n{fence}{language}\n<<<<<<< SEARCH\n{before}\n=======\n{after}\n>>>>>>> REPLACE\n{fence}\n";
    }

    private static int Lines(string text) => LineText.Split(text).Length;
}

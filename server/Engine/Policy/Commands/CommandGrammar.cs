using System.Globalization;
using System.Text;
using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>
/// The commands of a text for the policy: those about which something can be proved (<see cref="ShellWords"/>), and what may hide in
/// their words.
/// </summary>
internal static class CommandGrammar
{
    /// <param name="refusal">Why nothing can be proved about the text.</param>
    public static bool TryParse(string text, out IReadOnlyList<IReadOnlyList<string>> segments, out string refusal)
    {
        var words = ShellWords.Read(text);
        (segments, refusal) = (words.Commands, words.Refusal ?? "");
        return words.Refusal is null;
    }

    /// <summary>Null, or what is hidden in a word: control characters, direction marks, letters that only look like ASCII in a program's
    /// name.</summary>
    public static string? Disguise(IReadOnlyList<string> argv)
    {
        if (argv.Count > 0 && argv[0].Any(letter => letter > '~'))
        {
            return "the program's name has letters outside ASCII";
        }
        return argv.SelectMany(word => word.EnumerateRunes()).Any(IsInvisible) ? "it holds invisible characters" : null;
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
        || (rune.Value > 127 && Rune.IsWhiteSpace(rune));
}

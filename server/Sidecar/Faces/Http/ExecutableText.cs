using System.Text.RegularExpressions;

namespace CodexSidecar.Faces.Http;

/// <summary>Chat clients execute or strip some texts of an answer. What we say may quote a file that holds them, so they are broken with a
/// sign without width.</summary>
internal static partial class ExecutableText
{
    public const string Note = "(Some text above has an invisible sign in it, so that your client does not take it for a command.)";

    public static string Break(string text, out bool broken)
    {
        var safe = Marks().Replace(text, match => $"{match.Value[..1]}\u200b{match.Value[1..]}");
        broken = safe.Length != text.Length;
        return safe;
    }

    [GeneratedRegex(
        @"^[ \t>]*(?:`{3,}|~{3,})[ \t]*tool\b|^[ \t]*(?:TOOL_NAME:|BEGIN_ARG:)|</?tool_call>|<function=|</?think(?:ing)?>"
            + @"|<\|im_(?:start|end)\|>",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Marks();
}

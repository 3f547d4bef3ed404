using System.Text;
using System.Text.Json;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Tool calls written as text: JSON with <c>path</c> and <c>content</c>, or with a patch in it.</summary>
internal sealed class ToolCalls : IEditFormat
{
    private const int Deepest = 5;

    private static readonly string[] Paths = ["path", "file_path", "filePath", "filename", "file"];

    private static readonly string[] Contents = ["content", "contents", "file_text"];

    private static readonly string[] Patches = ["patch", "diff", "input"];

    /// <summary>Beside a text they say that it is a part of the file only.</summary>
    private static readonly string[] Places =
    [
        "line",
        "insert_line",
        "insertLine",
        "line_number",
        "start_line",
        "end_line",
        "position",
        "anchor",
    ];

    /// <summary>A line with a member that only a call has.</summary>
    public static bool IsCall(string line) =>
        line.Contains("*** Begin Patch", StringComparison.Ordinal)
        || (
            line.Contains('"', StringComparison.Ordinal)
            && (
                Array.Exists(Contents, name => line.Contains(name, StringComparison.Ordinal))
                || Array.Exists(Patches, name => line.Contains(name, StringComparison.Ordinal))
                || OldNewNames.MayBeIn(line)
            )
        );

    public string Name => "tool call";

    public bool IsEnvelope => true;

    /// <summary>In a fence or a tag it is the file's own JSON until it is read.</summary>
    public bool IsStart(string[] lines, int at) => false;

    bool IEditFormat.TryRead(ReplyScan scan) => TryRead(scan);

    public static bool TryRead(ReplyScan scan)
    {
        var at = scan.At;
        var line = WithoutToken(scan.Lines[at]);
        var first = line.AsSpan().TrimStart();
        // Inside a named fence it is the file's own JSON.
        if (
            first is not (['{', ..] or ['[', '{', ..] or ['['])
            || scan.PathAbove is not null
            || scan.NextCall(at) == scan.Lines.Length
            || !scan.MayTryJson()
        )
        {
            return false;
        }
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', [line, .. scan.Lines[(at + 1)..]]));
        if (Parse(bytes, out var length) is not { } call)
        {
            return false;
        }
        using (call)
        {
            var before = scan.NextNumber;
            Read(scan, call.RootElement, scan.FileOfCalls, 0);
            if (scan.NextNumber == before)
            {
                return false;
            }
        }
        scan.At = at + 1 + bytes.AsSpan(0, length).Count((byte)'\n');
        return true;
    }

    /// <summary>Some models write the token that begins a call: <c>[TOOL_CALLS]</c>, <c>&lt;tool_call&gt;</c>,
    /// <c>&lt;|python_tag|&gt;</c>.</summary>
    private static string WithoutToken(string line)
    {
        var text = line.TrimStart();
        var end =
            text.StartsWith("[TOOL_CALLS]", StringComparison.Ordinal) ? "[TOOL_CALLS]".Length
            : text is ['<', not ' ', ..] ? text.IndexOf('>', StringComparison.Ordinal) + 1
            : 0;
        return end is > 0 and < 40 && text.AsSpan(end).TrimStart() is ['{' or '[', ..] ? text[end..] : line;
    }

    private static JsonDocument? Parse(byte[] bytes, out int length)
    {
        length = 0;
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowTrailingCommas = true, AllowMultipleValues = true });
            var call = JsonDocument.TryParseValue(ref reader, out var document) ? document : null;
            length = (int)reader.BytesConsumed;
            return call;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="above">The path that stands around the element.</param>
    private static void Read(ReplyScan scan, JsonElement element, string? above, int depth)
    {
        if (depth > Deepest)
        {
            return;
        }
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when Edit(element) is var (old, now) && (Text(element, Paths) ?? above) is { } edited:
                scan.Add(new ReplaceBlock(scan.NextNumber, edited, Lines(old), Lines(now), ReplaceHints.None));
                break;
            case JsonValueKind.Object when Text(element, Paths) is { } path && Text(element, Contents) is { } content:
                ReadWhole(scan, element, path, content);
                break;
            case JsonValueKind.Object when Text(element, Patches) is { } patch && LooksLikePatch(patch):
                scan.AddAll(patch, Text(element, Paths));
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Read(scan, property.Value, Text(element, Paths) ?? above, depth + 1);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Read(scan, item, above, depth + 1);
                }
                break;
            case JsonValueKind.String when Value(element) is { } text:
                ReadText(scan, text, above, depth);
                break;
            default:
                break;
        }
    }

    private static void ReadWhole(ReplyScan scan, JsonElement element, string path, string content)
    {
        if (Array.Find(Places, name => element.TryGetProperty(name, out var place) && place.ValueKind == JsonValueKind.Number) is { } found)
        {
            scan.Refuse(
                "malformed",
                path,
                $"The call has \"{found}\" beside its text, so that the text is a part of {path}. Send the lines that change as "
                    + "SEARCH/REPLACE, or the complete file."
            );
            return;
        }
        scan.Add(new WriteBlock(scan.NextNumber, path, content));
    }

    /// <summary>The text before and after, in the names of other agents.</summary>
    private static (string Old, string New)? Edit(JsonElement element) =>
        OldNewNames.Find([.. element.EnumerateObject().Select(member => member.Name)]) is var (old, now)
        && Text(element, [old]) is { } before
        && Text(element, [now]) is { } after
            ? (before, after)
            : null;

    private static string Lines(string text) => text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";

    /// <summary>Arguments are often JSON inside a string, commands a patch inside a list.</summary>
    private static void ReadText(ReplyScan scan, string text, string? above, int depth)
    {
        if (text.TrimStart().StartsWith("*** Begin Patch", StringComparison.Ordinal))
        {
            scan.AddAll(text, null);
        }
        else if (text.AsSpan().TrimStart() is ['{', ..] && Parse(Encoding.UTF8.GetBytes(text), out _) is { } inner)
        {
            using (inner)
            {
                Read(scan, inner.RootElement, above, depth + 1);
            }
        }
    }

    private static bool LooksLikePatch(string text)
    {
        var lines = text.Split('\n');
        return Enumerable
            .Range(0, lines.Length)
            .Any(at => HunkHeader.Is(lines[at]) || EditFormats.Edits.Any(format => format.IsStart(lines, at)));
    }

    private static string? Text(JsonElement element, string[] names)
    {
        foreach (var name in names)
        {
            if (element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return Value(value);
            }
        }
        return null;
    }

    // Half a surrogate pair, written as an escape, is no text.
    private static string? Value(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

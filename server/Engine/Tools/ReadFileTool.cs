using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>A file as plain text, whole or some lines of it. What was cut or left out is said in a last line in brackets.</summary>
internal sealed partial class ReadFileTool : ITool
{
    private const int MostBytes = 1 << 20;

    public string Name => "read_file";

    public string Usage(bool readOnly) => """read_file {"path":"src/a.cs","lines":"10-40"} (lines optional)""";

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input)
    {
        var fields = new ToolInput(this, input);
        var path = WorkspacePath.Parse(fields.Text("path"));
        var lines = fields.OptionalText("lines") is { Length: > 0 } text ? Range(text) ?? throw fields.Wrong("\"lines\" has to be like 10-40") : ((int, int)?)null;
        return new(Name, input, [FileActions.Read(context.Root, path)], [], _ => Task.FromResult(Read(context.Root, path, lines)));
    }

    private static ToolResult Read(WorkspaceRoot root, WorkspacePath path, (int First, int Last)? lines)
    {
        using var stream = root.OpenRead(path);
        if (lines is { } range)
        {
            return ReadLines(stream, path, range.First, range.Last);
        }
        var bytes = new byte[Math.Min(stream.Length, MostBytes) + 1];
        bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        if (Decode(path, bytes) is not { } text)
        {
            return Binary(path, bytes, stream.Length);
        }
        return bytes.Length <= MostBytes ? Result(text, "", $"{bytes.Length} bytes")
            : Result(text, $"[cut after {MostBytes} of {stream.Length} bytes; ask for the rest by \"lines\"]", $"{MostBytes} of {stream.Length} bytes");
    }

    /// <summary>Line by line, so that a range near the beginning of a huge file costs no more than the range.</summary>
    private static ToolResult ReadLines(Stream stream, WorkspacePath path, int first, int last)
    {
        var look = new byte[Math.Min(stream.Length, 8 << 10)];
        look = look[..stream.ReadAtLeast(look, look.Length, throwOnEndOfStream: false)];
        if (Decode(path, look) is null)
        {
            return Binary(path, look, stream.Length);
        }
        stream.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(stream, Guess(path, look), detectEncodingFromByteOrderMarks: true);
        var (text, number, cut) = (new StringBuilder(), 0, false);
        while (number < last && !cut && NextLine(reader) is { } line)
        {
            number++;
            cut = number >= first && text.Length + line.Length > MostBytes;
            text.Append(number >= first && !cut ? line + "\n" : "");
        }
        var more = reader.Peek() >= 0;
        var note = number < first ? $"[there are only {number} lines]" : cut ? $"[cut before line {number}; ask for the rest by \"lines\"]" : $"[lines {first}-{number}{(more ? "; there are more" : ", the last one")}]";
        return Result(text.ToString(), note, note.Trim('[', ']'));
    }

    /// <summary>A file without line ends must not be read into memory as one line.</summary>
    private static string? NextLine(StreamReader reader)
    {
        if (reader.Peek() < 0)
        {
            return null;
        }
        var line = new StringBuilder();
        for (int letter; (letter = reader.Read()) >= 0 && letter != '\n';)
        {
            if (line.Length <= MostBytes)
            {
                line.Append((char)letter);
            }
        }
        return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
    }

    /// <summary>Null: not text. A character that the limit cuts in two is left out.</summary>
    private static string? Decode(WorkspacePath path, byte[] bytes)
    {
        for (var cut = 0; cut <= 3 && cut <= bytes.Length; cut++)
        {
            try
            {
                var (coding, text) = Coding.Decode(path.Value, bytes[..^cut], null);
                if (!coding.Guessed || cut == 3 || bytes.Length < MostBytes && cut == 0 && bytes.Length != 8 << 10)
                {
                    return text;
                }
            }
            catch (RefusedException)
            {
                return null;
            }
        }
        return Encoding.Latin1.GetString(bytes);
    }

    private static Encoding Guess(WorkspacePath path, byte[] look) => Coding.Decode(path.Value, look, null).Coding.Encoding;

    private static ToolResult Binary(WorkspacePath path, byte[] bytes, long length) =>
        new(true, $"[{path.Shown} is binary: {length} bytes, {Kind(bytes)}]", $"binary, {length} bytes");

    private static string Kind(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("\x89PNG"u8[1..]) || bytes.IndexOf("PNG"u8) == 1 ? "a PNG image"
        : bytes.StartsWith("GIF8"u8) ? "a GIF image"
        : bytes is [0xFF, 0xD8, 0xFF, ..] ? "a JPEG image"
        : bytes.StartsWith("%PDF"u8) ? "a PDF document"
        : bytes.StartsWith("PK"u8) ? "a ZIP archive or a document"
        : bytes is [0x1F, 0x8B, ..] ? "gzip data"
        : bytes is [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] ? "a Linux program"
        : bytes.StartsWith("MZ"u8) ? "a Windows program or library"
        : bytes.StartsWith("SQLite format 3"u8) ? "an SQLite database"
        : "of unknown kind";

    private static ToolResult Result(string text, string note, string summary)
    {
        var clean = ToolText.ForModel(text, int.MaxValue);
        return new(true, note.Length == 0 ? clean : $"{clean}{(clean.Length == 0 || clean.EndsWith('\n') ? "" : "\n")}{note}", summary);
    }

    private static (int First, int Last)? Range(string text)
    {
        var match = Lines().Match(text);
        if (!match.Success || !int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var first) || first == 0)
        {
            return null;
        }
        var last = !match.Groups[2].Success ? first : match.Groups[3].Value.Length == 0 ? int.MaxValue : int.TryParse(match.Groups[3].Value, CultureInfo.InvariantCulture, out var end) ? end : int.MaxValue;
        return last < first ? null : (first, last);
    }

    [GeneratedRegex(@"^\s*(\d+)\s*([-–:]\s*(\d*))?\s*$")]
    private static partial Regex Lines();
}

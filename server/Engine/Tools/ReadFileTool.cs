using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>A file as plain text, whole or some lines of it. What was cut or left out is said in a last line in brackets.</summary>
internal sealed partial class ReadFileTool : IOwnTool
{
    private const int MostBytes = 1 << 20;

    public const string ToolName = "read_file";

    public ToolDescriptor Descriptor { get; } =
        new(ToolName, ToolKind.Read, "Read a file", "A file as text, whole or some lines of it; secrets are replaced, a cut is said.")
        {
            Usage = """read_file {"path":"src/a.cs","lines":"10-40"} (lines optional)""",
            Input =
            [
                new("path", ToolMemberType.Text, "Relative to the workspace, with /") { IsRequired = true },
                new("lines", ToolMemberType.Text, "Such as 10-40, from 1; without it the whole file"),
            ],
            Subject = "path",
            CallTitle = input => $"Read {TitleText.Field(input, "path")}",
            Example = """{"path":"README.md","lines":"1-20"}""",
            ReadsOnly = true,
        };

    public ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken)
    {
        var fields = new ToolInput(this, input);
        var path = WorkspacePath.Parse(fields.Text("path"));
        var lines = fields.OptionalText("lines") is { Length: > 0 } text
            ? Range(text) ?? throw fields.Wrong("\"lines\" has to be like 10-40")
            : ((int, int)?)null;
        var action = FileActions.Read(context.Root, path);
        return new(ToolName, input, [action], [], running => Task.FromResult(Read(context.Root, path, lines, running)));
    }

    private static ToolResult Read(
        WorkspaceRoot root,
        WorkspacePath path,
        (int First, int Last)? lines,
        CancellationToken cancellationToken
    )
    {
        using var stream = root.OpenRead(path);
        if (lines is { } range)
        {
            return ReadLines(stream, path, range.First, range.Last, cancellationToken);
        }
        var bytes = new byte[Math.Min(stream.Length, MostBytes) + 1];
        bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        var partial = bytes.Length > MostBytes;
        if (Decode(path, partial ? bytes[..MostBytes] : bytes, partial) is not { } text)
        {
            return Binary(path, bytes, stream.Length);
        }
        return !partial
            ? Result(text, "", $"{bytes.Length} bytes")
            : Result(
                text,
                $"[cut after {MostBytes} of {stream.Length} bytes; ask for the rest by \"lines\"]",
                $"{MostBytes} of {stream.Length} bytes"
            );
    }

    /// <summary>Line by line, so that a range near the beginning of a huge file costs no more than the range.</summary>
    private static ToolResult ReadLines(Stream stream, WorkspacePath path, int first, int last, CancellationToken cancellationToken)
    {
        var look = new byte[Math.Min(stream.Length, 8 << 10)];
        look = look[..stream.ReadAtLeast(look, look.Length, throwOnEndOfStream: false)];
        look = look[..EndOfLastCharacter(look)];
        if (Decode(path, look, partial: false) is null)
        {
            return Binary(path, look, stream.Length);
        }
        stream.Seek(0, SeekOrigin.Begin);
        // By its number, because this one replaces what does not fit; the file may be less tidy further on.
        var encoding = Encoding.GetEncoding(Coding.Decode(path.Value, look, null).Coding.Encoding.CodePage);
        using var reader = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true);
        var (text, number, cut) = (new StringBuilder(), 0, false);
        while (number < last && !cut && NextLine(reader) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            cut = number >= first && text.Length + line.Length > MostBytes;
            text.Append(number >= first && !cut ? line + "\n" : "");
        }
        var more = reader.Peek() >= 0;
        var note =
            number < first ? $"[there are only {number} lines]"
            : cut ? $"[cut before line {number}; ask for the rest by \"lines\"]"
            : $"[lines {first}-{number}{(more ? "; there are more" : ", the last one")}]";
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
        for (int letter; (letter = reader.Read()) >= 0 && letter != '\n'; )
        {
            if (line.Length <= MostBytes)
            {
                line.Append((char)letter);
            }
        }
        return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
    }

    /// <summary>Null: not text.</summary>
    /// <param name="partial">The file goes on; a character that the limit cuts in two is left out.</param>
    private static string? Decode(WorkspacePath path, byte[] bytes, bool partial)
    {
        try
        {
            return Coding.Decode(path.Value, partial ? bytes[..EndOfLastCharacter(bytes)] : bytes, null).Text;
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static int EndOfLastCharacter(byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return bytes.Length & ~1;
        }
        var start = Math.Max(0, bytes.Length - 1);
        for (var back = 0; back < 3 && start > 0 && (bytes[start] & 0xC0) == 0x80; back++)
        {
            start--;
        }
        return Rune.DecodeFromUtf8(bytes.AsSpan(start), out _, out _) is System.Buffers.OperationStatus.NeedMoreData ? start : bytes.Length;
    }

    private static ToolResult Binary(WorkspacePath path, byte[] bytes, long length) =>
        new(true, $"[{path.Shown} is binary: {length} bytes, {Kind(bytes)}]", $"binary, {length} bytes");

    private static string Kind(ReadOnlySpan<byte> bytes) =>
        bytes is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "a PNG image"
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
        var last =
            !match.Groups[2].Success ? first
            : match.Groups[3].Value.Length == 0 ? int.MaxValue
            : int.TryParse(match.Groups[3].Value, CultureInfo.InvariantCulture, out var end) ? end
            : int.MaxValue;
        return last < first ? null : (first, last);
    }

    [GeneratedRegex(@"^\s*(\d+)\s*([-–:]\s*(\d*))?\s*$")]
    private static partial Regex Lines();
}

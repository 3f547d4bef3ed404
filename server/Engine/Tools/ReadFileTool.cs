using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>A file as plain text, whole or some lines of it. What was cut or left out is said in a last line in brackets.</summary>
internal sealed partial class ReadFileTool : IOwnTool
{
    private const int MostBytes = 1 << 20,
        MostCounted = 64 << 20;

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
        var path = ToolPath.Parse(context.Root, fields.Text("path"));
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
        var bytes = new byte[Math.Min(stream.Length, MostBytes) + 1];
        bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        var texts = FileActions.Texts(root);
        try
        {
            if (bytes.Length > MostBytes)
            {
                // How such a file is text is decided by its beginning; it may be less tidy further on.
                var coding = texts.Begin(path.Value, bytes).Coding;
                stream.Seek(coding.Mark.Length, SeekOrigin.Begin);
                using var reader = new StreamReader(stream, coding.Lenient(), detectEncodingFromByteOrderMarks: false);
                return LinePage.Of(reader, lines, counted: stream.Length <= MostCounted, cancellationToken);
            }
            var text = texts.Text(path.Value, bytes);
            if (lines is null && text.Length <= ToolText.MostChars)
            {
                return new(true, ToolText.ForModel(text, int.MaxValue), $"{bytes.Length} bytes");
            }
            // CR alone ends lines too where there is nothing else.
            var isOldMac = text.Contains('\r') && !text.Contains('\n');
            using var whole = new StringReader(isOldMac ? text.Replace('\r', '\n') : text);
            return LinePage.Of(whole, lines, counted: true, cancellationToken);
        }
        catch (RefusedException)
        {
            return Binary(path, bytes, stream.Length);
        }
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

using System.Collections.Concurrent;
using System.Text;

namespace CodexSidecar.Engine.Patching;

/// <summary>
/// The one place that decides how the bytes of a project's files are text, for reading, showing, searching, editing and comparing alike:
/// .editorconfig, the mark, a guess (<see cref="Coding.Decode"/>). Configuration is read once, and only when a file's bytes leave a
/// question. For many threads.
/// </summary>
/// <param name="config">The bytes of a configuration file by its path; null: there is none.</param>
internal sealed class TextFiles(Func<string, byte[]?> config)
{
    private const byte Escape = 0x1B;

    private readonly ConcurrentDictionary<string, HabitFile?> files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FileHabits> habits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string?> charsets = new(StringComparer.Ordinal);

    /// <summary>For texts that belong to no project.</summary>
    public static TextFiles Unsaid { get; } = new(_ => null);

    /// <summary>The new text is made of bytes of the file's own encoding, so what is only guessed may be written too.</summary>
    public bool TakesBytes { get; init; }

    public FileHabits Habits(string path) => habits.GetOrAdd(path, one => FileHabits.Of(one, File));

    private string? Charset(string path) => charsets.GetOrAdd(path, one => FileHabits.CharsetOf(one, File));

    /// <exception cref="RefusedException">kind: not text.</exception>
    public FileText Read(string path, byte[] bytes)
    {
        var text = FileText.Read(path, bytes, Charset(path));
        return TakesBytes && text.Coding.Guessed ? text with { Coding = text.Coding with { Guessed = false } } : text;
    }

    /// <summary>An empty file as the project wants new ones: encoding and mark.</summary>
    public FileText New(string path) => new([], Charsets.Find(Charset(path)) ?? Coding.Utf8);

    /// <summary>The project says that letters of this file have two bytes, so zeros in it say nothing.</summary>
    public bool IsWide(string path) => Charsets.Find(Charset(path)) is { IsWide: true };

    /// <summary>For showing only: what is ASCII or UTF-8 beyond doubt asks no configuration.</summary>
    /// <exception cref="RefusedException">kind: not text.</exception>
    public string Text(string path, byte[] bytes) =>
        IsPlain(bytes) ? Encoding.ASCII.GetString(bytes)
        : IsUtf8(bytes) ? Encoding.UTF8.GetString(bytes.AsSpan(bytes.AsSpan().StartsWith(Coding.Utf8Marked.Mark) ? 3 : 0))
        : Coding.Decode(path, bytes, Charset(path)).Text;

    /// <summary>The beginning of a longer file, cut anywhere: a letter or line that the cut may have torn is left out.</summary>
    /// <exception cref="RefusedException">kind: not text.</exception>
    public (Coding Coding, string Text) Begin(string path, byte[] bytes)
    {
        var charset = Charset(path);
        var isWide = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || IsWide(path);
        // No encoding but the wide ones has the byte of a line end inside a letter.
        var end = isWide ? -1 : bytes.AsSpan().LastIndexOf((byte)'\n');
        bytes = isWide ? bytes[..(bytes.Length & ~1)] : bytes[..(end < 0 ? bytes.Length : end + 1)];
        var first = Coding.Decode(path, bytes, charset);
        for (var torn = 1; end < 0 && first.Coding.Guessed && torn <= 3 && torn < bytes.Length; torn++)
        {
            var shorter = Coding.Decode(path, bytes[..^torn], charset);
            if (!shorter.Coding.Guessed)
            {
                return shorter;
            }
        }
        return first;
    }

    /// <summary>Every encoding a file can be in reads these bytes alike.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> bytes) => System.Text.Ascii.IsValid(bytes) && !bytes.ContainsAny((byte)0, Escape);

    /// <summary>Whatever the settings name, these bytes mean nothing else: they are ASCII, or hold a letter of three bytes.</summary>
    public static bool IsUtf8(ReadOnlySpan<byte> bytes) =>
        IsPlain(bytes)
        || (
            !bytes.ContainsAny((byte)0, Escape)
            && System.Text.Unicode.Utf8.IsValid(bytes)
            && bytes.ContainsAnyInRange((byte)0xE0, (byte)0xF4)
        );

    private HabitFile? File(string path) => files.GetOrAdd(path, one => config(one) is { } bytes ? HabitFile.Read(one, bytes) : null);
}

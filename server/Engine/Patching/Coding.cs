using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Patching;

/// <summary>How a file's bytes are text.</summary>
/// <param name="Mark">The byte order mark, kept and invisible to matching.</param>
/// <param name="Guessed">Single bytes of an unknown code page, read as Latin-1: old characters keep their bytes, new ones must be
/// ASCII.</param>
internal sealed record Coding(Encoding Encoding, byte[] Mark, bool Guessed)
{
    private const int BinaryLook = 8 << 10;

    public static readonly Coding Utf8 = new(new UTF8Encoding(false, true), [], false);
    public static readonly Coding Utf8Marked = new(Utf8.Encoding, [0xEF, 0xBB, 0xBF], false);
    public static readonly Coding Utf16 = new(new UnicodeEncoding(false, false, true), [0xFF, 0xFE], false);
    public static readonly Coding Utf16BigEndian = new(new UnicodeEncoding(true, false, true), [0xFE, 0xFF], false);

    private static readonly Coding[] Marked = [Utf8Marked, Utf16, Utf16BigEndian];

    private static readonly Coding Unknown = new(Encoding.Latin1, [], true);

    /// <summary>A letter takes two bytes, whatever it is.</summary>
    public bool IsWide => Encoding is UnicodeEncoding;

    public bool IsUtf8 => Encoding is UTF8Encoding;

    /// <summary>The bytes of ASCII mean ASCII; ISO-2022 hides other letters behind an escape in them.</summary>
    public bool IsAsciiBased => !IsWide && Encoding.GetBytes("Az09 \n{").AsSpan().SequenceEqual("Az09 \n{"u8);

    private bool IsStateful => Encoding.CodePage is >= 50220 and <= 50229;

    /// <summary>
    /// In this order: the mark; UTF-8; what the user's settings name; single bytes of an unknown code page. The name goes before
    /// UTF-8 where bytes can be both and it says more: plain ASCII, escapes, and two-byte letters that happen to be UTF-8 too.
    /// </summary>
    /// <param name="charset">The name the user's settings have for the file's encoding, as they wrote it; null: none.</param>
    /// <exception cref="RefusedException">kind: not text.</exception>
    public static (Coding Coding, string Text) Decode(string path, byte[] bytes, string? charset)
    {
        var named = Charsets.Find(charset);
        if (bytes.Length == 0)
        {
            return (named ?? Utf8, "");
        }
        foreach (var coding in Candidates(bytes, named))
        {
            if (coding.TryDecode(bytes, out var text))
            {
                return text.Contains('\0') ? throw Binary(path) : (coding, text);
            }
        }
        throw Binary(path);
    }

    /// <summary>For reading on where the beginning was judged: what does not fit becomes U+FFFD.</summary>
    public Encoding Lenient()
    {
        var lenient = (Encoding)Encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        return lenient;
    }

    /// <summary>Some bytes of such a file, without a mark; null: they are none.</summary>
    public string? DecodePart(byte[] bytes) => (this with { Mark = [] }).TryDecode(bytes, out var text) ? text : null;

    private static IEnumerable<Coding> Candidates(byte[] bytes, Coding? named)
    {
        var hasZero = bytes.AsSpan(0, Math.Min(bytes.Length, BinaryLook)).Contains((byte)0);
        if (Array.Find(Marked, coding => bytes.AsSpan().StartsWith(coding.Mark)) is { } marked)
        {
            return hasZero && !marked.IsWide ? [] : [marked];
        }
        // The settings ask for a mark in new files; one that has none stays without.
        var plain = named is null || named.Mark.Length == 0 ? named : named with { Mark = [] };
        return hasZero
            ? plain is { IsWide: true }
                ? [plain]
                : []
            : plain is null or { IsUtf8: true }
                ? [Utf8, Unknown]
                : GoesFirst(plain, bytes)
                    ? [plain, Utf8, Unknown]
                    : [Utf8, plain, Unknown];
    }

    /// <summary>
    /// Chinese, Japanese and Korean take three bytes a letter in UTF-8: a text without such a letter that is valid UTF-8 is rather a short
    /// one in the two-byte encoding that the user named.
    /// </summary>
    private static bool GoesFirst(Coding named, byte[] bytes) =>
        !named.IsWide
        && (
            !named.IsAsciiBased
            || System.Text.Ascii.IsValid(bytes)
            || (
                !named.Encoding.IsSingleByte
                && !named.IsStateful
                && !(System.Text.Unicode.Utf8.IsValid(bytes) && bytes.AsSpan().ContainsAnyInRange((byte)0xE0, (byte)0xF4))
            )
        );

    /// <exception cref="RefusedException">encoding.</exception>
    public byte[] Encode(string path, IReadOnlyList<TextLine> lines)
    {
        var text = LineText.Join(lines);
        try
        {
            var bytes = Encoding.GetBytes(text);
            // Some code pages write a letter as another one that looks like it.
            if (IsUtf8 || IsWide || Encoding.GetString(bytes) == text)
            {
                return [.. Mark, .. bytes];
            }
        }
        catch (Exception e) when (e is EncoderFallbackException or DecoderFallbackException)
        {
            // Which letter it was is found below.
        }
        for (var i = 0; i < lines.Count; i++)
        {
            Check(path, lines[i].Text, i + 1);
        }
        throw new RefusedException(
            "encoding",
            $"{path}: the new text has characters that the file's encoding ({Encoding.WebName}) cannot hold."
        );
    }

    /// <summary>A line that is new in the file can be written.</summary>
    /// <exception cref="RefusedException">encoding, naming the character.</exception>
    public void Check(string path, string line, int number)
    {
        if (line.Contains('\0'))
        {
            throw new RefusedException("kind", $"{path}: line {number} of the new text has a NUL character; only text can be written.");
        }
        if (System.Text.Ascii.IsValid(line))
        {
            return;
        }
        for (var at = 0; at < line.Length; )
        {
            var isWhole = Rune.DecodeFromUtf16(line.AsSpan(at), out var rune, out var length) is System.Buffers.OperationStatus.Done;
            at += length;
            // Half a surrogate pair is no character of any encoding.
            if (!rune.IsAscii && (Guessed || !isWhole || !CanHold(rune)))
            {
                throw new RefusedException(
                    "encoding",
                    $"{path}: line {number} has the character U+{rune.Value.ToString("X4", CultureInfo.InvariantCulture)}, "
                        + (
                            Guessed
                                ? "but the file is in an unknown single-byte encoding; use ASCII in changed lines."
                                : $"which the file's encoding ({Encoding.WebName}) cannot hold."
                        )
                );
            }
        }
    }

    private bool CanHold(Rune rune)
    {
        try
        {
            var letter = rune.ToString();
            return Encoding.GetString(Encoding.GetBytes(letter)) == letter;
        }
        catch (Exception e) when (e is EncoderFallbackException or DecoderFallbackException)
        {
            return false;
        }
    }

    private bool TryDecode(byte[] bytes, out string text)
    {
        text = "";
        try
        {
            text = Encoding.GetString(bytes, Mark.Length, bytes.Length - Mark.Length);
            // Some code pages have holes, or two ways to write a letter, that do not come back as they were.
            return IsUtf8 || IsWide || Encoding.GetBytes(text).AsSpan().SequenceEqual(bytes.AsSpan(Mark.Length));
        }
        catch (Exception e) when (e is DecoderFallbackException or EncoderFallbackException)
        {
            return false;
        }
    }

    private static RefusedException Binary(string path) => new("kind", $"{path} is not a text file.");
}

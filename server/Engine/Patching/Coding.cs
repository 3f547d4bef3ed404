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

    private static readonly Coding[] Marked =
    [
        new(Utf8.Encoding, [0xEF, 0xBB, 0xBF], false),
        new(new UnicodeEncoding(false, false, true), [0xFF, 0xFE], false),
        new(new UnicodeEncoding(true, false, true), [0xFE, 0xFF], false),
    ];

    private static readonly Coding Unknown = new(Encoding.Latin1, [], true);

    /// <exception cref="RefusedException">kind: not text.</exception>
    public static (Coding Coding, string Text) Decode(string path, byte[] bytes, string? charset)
    {
        var marked = Marked.FirstOrDefault(coding => bytes.AsSpan().StartsWith(coding.Mark));
        if ((marked is null || marked.Mark.Length == 3) && bytes.AsSpan(0, Math.Min(bytes.Length, BinaryLook)).Contains((byte)0))
        {
            throw Binary(path);
        }
        var candidates = marked is null ? [Utf8, .. Known(charset), Unknown] : new[] { marked };
        foreach (var coding in candidates)
        {
            if (coding.TryDecode(bytes, out var text))
            {
                return text.Contains('\0') ? throw Binary(path) : (coding, text);
            }
        }
        throw Binary(path);
    }

    /// <exception cref="RefusedException">encoding.</exception>
    public byte[] Encode(string path, IReadOnlyList<TextLine> lines)
    {
        try
        {
            return [.. Mark, .. Encoding.GetBytes(LineText.Join(lines))];
        }
        catch (EncoderFallbackException)
        {
            for (var i = 0; i < lines.Count; i++)
            {
                Check(path, lines[i].Text, i + 1);
            }
            throw;
        }
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
            return Encoding.GetByteCount(rune.ToString()) > 0;
        }
        catch (EncoderFallbackException)
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
            // Some code pages have holes that do not come back as they were.
            return Encoding.IsSingleByte is false || Encoding.GetBytes(text).AsSpan().SequenceEqual(bytes);
        }
        catch (Exception e) when (e is DecoderFallbackException or EncoderFallbackException)
        {
            return false;
        }
    }

    private static IEnumerable<Coding> Known(string? charset)
    {
        if (charset is null)
        {
            yield break;
        }
        Encoding? encoding = null;
        try
        {
            encoding = CodePagesEncodingProvider.Instance.GetEncoding(
                charset,
                EncoderFallback.ExceptionFallback,
                DecoderFallback.ExceptionFallback
            ) ?? Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            // A name nobody knows says as much as no name.
        }
        if (encoding is { IsSingleByte: true })
        {
            yield return new Coding(encoding, [], false);
        }
    }

    private static RefusedException Binary(string path) => new("kind", $"{path} is not a text file.");
}

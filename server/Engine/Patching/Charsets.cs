using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Patching;

/// <summary>
/// Encodings by the names that people, editors and git use for them. Looked up when a file asks for one, so that a start pays for none:
/// the tables of the code pages are only read then.
/// </summary>
internal static partial class Charsets
{
    private static readonly ConcurrentDictionary<string, Coding?> Found = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names whose letters do not hold a number of a code page; what is written between the letters does not matter.</summary>
    private static readonly Dictionary<string, int> Pages = new(StringComparer.Ordinal)
    {
        ["shiftjis"] = 932,
        ["sjis"] = 932,
        ["xsjis"] = 932,
        ["windows31j"] = 932,
        ["mskanji"] = 932,
        ["eucjp"] = 51932,
        ["xeucjp"] = 51932,
        ["iso2022jp"] = 50220,
        ["iso2022kr"] = 50225,
        ["gbk"] = 936,
        ["xgbk"] = 936,
        ["gb2312"] = 936,
        ["euccn"] = 936,
        ["chinese"] = 936,
        ["gb18030"] = 54936,
        ["big5"] = 950,
        ["cnbig5"] = 950,
        ["big5hkscs"] = 950,
        ["euckr"] = 949,
        ["uhc"] = 949,
        ["korean"] = 949,
        ["ksc56011987"] = 949,
        ["ksc5601"] = 949,
        ["johab"] = 1361,
        ["koi8r"] = 20866,
        ["koi8u"] = 21866,
        ["macintosh"] = 10000,
        ["macroman"] = 10000,
        ["xmacroman"] = 10000,
        ["maccyrillic"] = 10007,
        ["tis620"] = 874,
        ["ascii"] = 20127,
        ["usascii"] = 20127,
        ["latin1"] = 28591,
        ["latin2"] = 28592,
        ["latin3"] = 28593,
        ["latin4"] = 28594,
        ["latin5"] = 28599,
        ["latin9"] = 28605,
    };

    /// <returns>Null: nothing is said, or the name is nobody's.</returns>
    public static Coding? Find(string? name) => name is null or "" or "unset" ? null : Found.GetOrAdd(name, Make);

    private static Coding? Make(string name)
    {
        var key = string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
        return key switch
        {
            "utf8" or "cp65001" => Coding.Utf8,
            "utf8bom" or "utf8sig" or "utf8withbom" => Coding.Utf8Marked,
            "utf16" or "utf16le" or "utf16lebom" or "ucs2" or "ucs2le" or "unicode" or "cp1200" => Coding.Utf16,
            "utf16be" or "utf16bebom" or "ucs2be" or "cp1201" => Coding.Utf16BigEndian,
            _ when PageOf(key) is { } page => Get(page),
            _ => null,
        };
    }

    /// <summary>The numbers: https://learn.microsoft.com/en-us/windows/win32/intl/code-page-identifiers</summary>
    private static int? PageOf(string key) =>
        Pages.TryGetValue(key, out var page) ? page
        : Numbered().Match(key) is { Success: true } match ? Number(match)
        : Iso8859().Match(key) is { Success: true } iso ? 28590 + Number(iso)
        : null;

    private static int Number(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Strict both ways: what does not fit is told, never replaced.</summary>
    private static Coding? Get(int page)
    {
        var (encode, decode) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        try
        {
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(page, encode, decode)
                ?? Encoding.GetEncoding(page, encode, decode);
            return new Coding(encoding, [], false);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?:cp|windows|win|ms|ibm|xcp|dos)(\d{3,4})$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(?:iso)?8859(\d{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Iso8859();
}

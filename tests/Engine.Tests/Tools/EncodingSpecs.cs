using System.Text;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>Whatever a file's encoding and line ends are: a change of one line changes the bytes of that line only.</summary>
public sealed class EncodingSpecs : IDisposable
{
    private readonly ToolFolder folder = new();

    public static TheoryData<string, string, string> Kinds =>
        new()
        {
            { "LF", "utf-8", "é1\ntwo\n{0}\n" },
            { "CRLF", "utf-8", "é1\r\ntwo\r\n{0}\r\n" },
            { "mixed ends", "utf-8", "é1\r\ntwo\n{0}\r\nfour\n" },
            { "CR", "utf-8", "é1\rtwo\r{0}\r" },
            { "no end of the last line", "utf-8", "é1\r\ntwo\r\n{0}" },
            { "byte order mark", "utf-8 with mark", "é1\r\ntwo\r\n{0}\r\n" },
            { "UTF-16", "utf-16", "é1\r\ntwo\r\n{0}\r\n" },
            { "UTF-16, the other way round", "utf-16BE", "é1\ntwo\n{0}\n" },
            { "Latin 1", "iso-8859-1", "é1\r\ntwo\r\n{0}\r\n" },
            { "Cyrillic", "windows-1251", "ёж\r\ntwo\r\n{0}\r\n" },
            { "control characters and other separators", "utf-8", "\f\u0085\u2028é\ttwo \n\n{0}\n" },
        };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_patch_keeps_every_other_byte(string kind, string encoding, string text)
    {
        folder.Tree.Write("a.txt", Bytes(encoding, text, "third"));

        var result = await folder.WriteAsync("a.txt", "<<<<<<< SEARCH\nthird\n=======\nfourth\n>>>>>>> REPLACE\n", "patch");

        Assert.True(result.Ok, $"{kind}: {result.Text}");
        Assert.Equal(Bytes(encoding, text, "fourth"), File.ReadAllBytes(folder.Tree.At("a.txt")));
    }

    /// <summary>The model writes LF and no mark, whatever the file has; in the code pages only those letters are written that it can have
    /// read.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_whole_new_text_keeps_them_as_well(string kind, string encoding, string text)
    {
        var before = Bytes(encoding, text, "third");
        folder.Tree.Write("a.txt", before);
        var read = encoding is "iso-8859-1" or "windows-1251" ? Encoding.Latin1.GetString(before) : string.Format(text, "third");

        var result = await folder.WriteAsync("a.txt", read.Replace("\r\n", "\n").Replace('\r', '\n').Replace("third", "fourth"));

        Assert.True(result.Ok, $"{kind}: {result.Text}");
        Assert.Equal(Bytes(encoding, text, "fourth"), File.ReadAllBytes(folder.Tree.At("a.txt")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_applied_is_what_lies_there(string kind, string encoding, string text)
    {
        var (before, after) = (Bytes(encoding, text, "third"), Bytes(encoding, text, "fourth"));
        folder.Tree.Write("a.txt", before);

        folder.Context.Root.Apply([new(WorkspacePath.Parse("a.txt"), WorkspaceRoot.Hash(before), after)]);

        Assert.True(after.AsSpan().SequenceEqual(File.ReadAllBytes(folder.Tree.At("a.txt"))), kind);
    }

    private static byte[] Bytes(string encoding, string text, string word)
    {
        var coding =
            encoding == "utf-8 with mark" ? new UTF8Encoding(true)
            : encoding == "utf-8" ? new UTF8Encoding(false)
            : CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        return [.. coding.Preamble, .. coding.GetBytes(string.Format(text, word))];
    }
}

using System.Text;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching;

/// <summary>
/// A patch that is no Unicode as a whole: git and diff write each file's lines in the file's own bytes. It is parsed one letter a byte, and
/// then each block is decoded as the file it is for. Pure.
/// </summary>
internal static class PatchBytes
{
    /// <summary>Null: neither UTF-8 nor marked as UTF-16.</summary>
    public static string? Unicode(byte[] bytes)
    {
        Coding[] codings = [Coding.Utf8Marked, Coding.Utf16, Coding.Utf16BigEndian];
        var coding = Array.Find(codings, coding => bytes.AsSpan().StartsWith(coding.Mark)) ?? Coding.Utf8;
        return coding.DecodePart(bytes[coding.Mark.Length..]);
    }

    /// <summary>The blocks as text; those whose bytes are not in the encoding of their file are refused.</summary>
    /// <exception cref="DecoderFallbackException">It is no patch: nobody knows what such bytes mean in a reply.</exception>
    public static ParsedPatch Parse(byte[] bytes, PatchBase workspace)
    {
        var letters = Encoding.Latin1.GetString(bytes);
        return PatchParser.IsPatch(letters) ? Decode(PatchParser.ParsePatch(letters), workspace) : throw new DecoderFallbackException();
    }

    private static ParsedPatch Decode(ParsedPatch parsed, PatchBase workspace)
    {
        var known = workspace.Paths.ToHashSet(StringComparer.Ordinal);
        List<PatchBlock> blocks = [];
        List<PatchRefusal> refusals = [.. parsed.Refusals.Select(refusal => refusal with { Path = Name(refusal.Path) })];
        foreach (var written in parsed.Blocks)
        {
            var block = written with { Path = Name(written.Path), Above = [.. written.Above.Select(Name)] };
            try
            {
                blocks.Add(Decode(block, Reader(block.Path, known, workspace)));
            }
            catch (RefusedException refused)
            {
                refusals.Add(new(block.Number, block.Path, refused.Code, refused.Message));
            }
        }
        return parsed with { Blocks = blocks, Refusals = refusals };
    }

    private static PatchBlock Decode(PatchBlock block, Func<string, string> text) =>
        block switch
        {
            WriteBlock write => write with { Text = text(write.Text) },
            ReplaceBlock edit => edit with { Search = text(edit.Search), Replace = text(edit.Replace), Hints = Decode(edit.Hints, text) },
            InsertBlock insert => insert with { Text = text(insert.Text), Hints = Decode(insert.Hints, text) },
            MoveBlock move => move with { To = Name(move.To) },
            _ => block,
        };

    private static ReplaceHints Decode(ReplaceHints hints, Func<string, string> text) =>
        hints with
        {
            Scopes = [.. hints.Scopes.Select(text)],
        };

    /// <summary>How the bytes for this file are read.</summary>
    private static Func<string, string> Reader(string path, HashSet<string> known, PatchBase workspace)
    {
        string[] forms = path is ['a' or 'b', '/', _, ..] ? [path, path[2..]] : [path];
        var file = Array.Find(forms, known.Contains);
        Coding? coding = null;
        try
        {
            coding = file is not null && workspace.Read(file) is { } bytes ? workspace.Texts.Read(file, bytes).Coding : null;
        }
        catch (WorkspaceException)
        {
            // The planner says why it cannot be read.
            return letters => letters;
        }
        return letters =>
        {
            var part = Encoding.Latin1.GetBytes(letters);
            return coding is null
                ? New(path, part, workspace.Texts)
                // No line-by-line tool writes a diff of such a file; who made one wrote it in UTF-8.
                : (coding.IsWide ? Coding.Utf8 : coding).DecodePart(part)
                    ?? throw new RefusedException(
                        "encoding",
                        $"{file} is in {coding.Encoding.WebName}, and the bytes of this block are not. Name the file's encoding as "
                            + "charset in .editorconfig, or convert the patch."
                    );
        };
    }

    private static string New(string path, byte[] bytes, TextFiles texts) =>
        FileText.Read(path, bytes, texts.Habits(path).Charset) is { Coding.Guessed: false } text
            ? text.ToString()
            : throw new RefusedException(
                "encoding",
                $"{path} would be a new file, and nothing says in which encoding its bytes are. Name it as charset in .editorconfig, or "
                    + "convert the patch."
            );

    private static string Name(string letters) => Coding.Utf8.DecodePart(Encoding.Latin1.GetBytes(letters)) ?? letters;
}

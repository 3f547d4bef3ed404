using CodexSidecar.Engine.Patching.Matching;
using CodexSidecar.Engine.Patching.Parsing;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>
/// What a block that sends a whole file means, now that the old text is known: the text without what the model laid around it, the edits
/// that it really holds, or a refusal. What other agents write between their own marks never becomes the text of a file.
/// </summary>
internal static class WholeText
{
    private static readonly string[] Data = [".json", ".jsonc", ".jsonl", ".json5", ".ipynb", ".geojson"];

    private static readonly string[] Markup = [".html", ".htm", ".xml", ".xhtml", ".svg", ".vue", ".svelte", ".astro", ".csproj", ".xaml"];

    /// <exception cref="RefusedException">cut or malformed.</exception>
    public static IReadOnlyList<PatchBlock> Read(WriteBlock write, DraftSet stage)
    {
        if (write.IsCut)
        {
            throw new RefusedException("cut", $"The text of {write.Path} has no end. Send the complete file, with the line that ends it.");
        }
        var old = stage.Draft(write.Path)?.Text;
        // Where each line has a sign of its own, what stands behind it is text.
        if (write.IsNew)
        {
            return [write];
        }
        var known = (old?.Lines ?? []).Select(line => line.Text.Trim()).ToHashSet(StringComparer.Ordinal);
        write = write with { Text = Undressed(write, old, known) };
        if (Inner(write, stage, known) is { } blocks)
        {
            return blocks;
        }
        if (!Shown.In(write.Path) && NextFile(write, stage, known) is { } next)
        {
            throw new RefusedException("cut", $"The text of {write.Path} goes on with {next}: the fence of {write.Path} was never closed.");
        }
        if (Shown.In(write.Path) && old is not null && Meant(write, known) is { } edit)
        {
            throw Refused(write.Path, edit);
        }
        if (
            !Shown.In(write.Path)
            && Dialects.Find(LineText.Lines(write.Text), known, write.Path, IsData(write.Path), IsMarkup(write.Path)) is { } sign
        )
        {
            throw Refused(write.Path, sign);
        }
        return [write];
    }

    private static RefusedException Refused(string path, string sign) =>
        new(
            "malformed",
            $"The new text of {path} has \"{Short(sign)}\", which is a sign of another form of edit and no text of the file. Send the "
                + "complete file and nothing else, or only the lines that change as SEARCH/REPLACE. A file that really holds such lines is "
                + "sent as *** Add File."
        );

    /// <summary>An edit that a document seems to show has the document's own lines: it is meant, and something else stands beside
    /// it.</summary>
    private static string? Meant(WriteBlock write, HashSet<string> known)
    {
        var lines = LineText.Lines(write.Text);
        if (Array.Find(lines, line => SearchReplace.IsStart(line) && !known.Contains(line.Trim())) is not { } start)
        {
            return null;
        }
        var scan = new ReplyScan(lines, complete: true) { JsonTries = 0 };
        scan.Name(write.Path);
        scan.Run();
        return scan.Blocks.Exists(block => block is ReplaceBlock replace && block.Path == write.Path && Stands(replace, known))
            ? start
            : null;
    }

    private static bool Stands(ReplaceBlock block, HashSet<string> known) =>
        LineText.Lines(block.Search).Where(line => line.AsSpan().Trim().Length > 0).ToList() is { Count: > 0 } search
        && search.TrueForAll(line => known.Contains(line.Trim()));

    /// <summary>The name of a file as only one that exists is called (<c>Order Total.js</c>), where its own text begins.</summary>
    private static string? NextFile(WriteBlock write, DraftSet stage, HashSet<string> known)
    {
        var lines = LineText.Lines(write.Text).Where(line => line.AsSpan().Trim().Length > 0).ToList();
        for (var i = 1; i < lines.Count; i++)
        {
            var isLast = i == lines.Count - 1;
            if (!known.Contains(lines[i].Trim()) && PathLine.Read(lines[i]) is null && (isLast || Fences.Read(lines[i + 1]) is not null))
            {
                var names = isLast ? [lines[i].Trim()] : PathLine.Names(lines[i]);
                if (names.FirstOrDefault(name => name != write.Path && stage.Lookup.Knows(name)) is { } next)
                {
                    return next;
                }
            }
        }
        return null;
    }

    private static bool IsData(string path) => Data.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static bool IsMarkup(string path) => Markup.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static string Undressed(WriteBlock write, FileText? old, HashSet<string> known)
    {
        var lines = LineText.Lines(write.Text).ToList();
        // One in the other: a name above a fence, numbers within it.
        for (var before = -1; before != lines.Count; )
        {
            before = lines.Count;
            TakeName(write.Path, lines, known);
            TakeFence(write.Path, lines, known);
        }
        if (old is not null && Numbered.Without(lines, line => known.Contains(line.Trim())) is { } plain)
        {
            lines = plain;
        }
        if (write.IsMarkup && !IsMarkup(write.Path) && !Shown.In(write.Path))
        {
            TakeEntities(lines, known);
        }
        if (old is not null && !Shown.In(write.Path))
        {
            PutPlainSigns(lines, old);
        }
        return HunkBody.Join(lines);
    }

    /// <summary>The file's own name as the first line, as it stands above a fence.</summary>
    private static void TakeName(string path, List<string> lines, HashSet<string> known)
    {
        var first = lines.FindIndex(line => line.AsSpan().Trim().Length > 0);
        if (
            first >= 0
            && lines.FindIndex(first + 1, line => line.AsSpan().Trim().Length > 0) >= 0
            && lines[first].Trim() is var name
            && !known.Contains(name)
            && name[0] is not ('#' or '/' or '-' or ';' or '%' or '<' or '>' or '+')
            && path.AsSpan().IndexOfAny("./ ") >= 0
            && PathLine.Names(name).Any(read => read.Replace('\\', '/') == path)
        )
        {
            lines.RemoveRange(0, first + 1);
        }
    }

    /// <summary>A fence around everything; in a document only one that says it holds a document.</summary>
    /// <exception cref="RefusedException">cut: it is never closed.</exception>
    private static void TakeFence(string path, List<string> lines, HashSet<string> known)
    {
        var first = lines.FindIndex(line => line.AsSpan().Trim().Length > 0);
        if (first < 0 || Fences.Read(lines[first]) is not { } fence || known.Contains(lines[first].Trim()))
        {
            return;
        }
        var last = lines.FindLastIndex(line => line.AsSpan().Trim().Length > 0);
        var isDocument = Shown.In(path);
        if (isDocument && !Fences.IsDocument(null, fence.Info))
        {
            return;
        }
        if (last > first && Fences.Closes(lines[last], fence) && (isDocument || Inside(lines, first, last, fence)))
        {
            lines.RemoveRange(last, lines.Count - last);
            lines.RemoveRange(0, first + 1);
        }
        else if (lines.FindIndex(first + 1, line => Fences.Closes(line, fence)) < 0)
        {
            throw new RefusedException("cut", $"The fence around the text of {path} is never closed. Send the complete file.");
        }
    }

    private static bool Inside(List<string> lines, int first, int last, Fence fence) =>
        lines.FindIndex(first + 1, line => Fences.Closes(line, fence)) is var close && close == last;

    /// <summary>Inside a tag some models write the text as XML has to; a text with a plain <c>&lt;</c> is none of these.</summary>
    private static void TakeEntities(List<string> lines, HashSet<string> known)
    {
        if (
            lines.Exists(line => line.Contains("&lt;", StringComparison.Ordinal) || line.Contains("&gt;", StringComparison.Ordinal))
            && !lines.Exists(line => line.Contains('<', StringComparison.Ordinal))
            && !known.Any(line => line.Contains("&lt;", StringComparison.Ordinal) || line.Contains("&gt;", StringComparison.Ordinal))
        )
        {
            for (var i = 0; i < lines.Count; i++)
            {
                lines[i] = System.Net.WebUtility.HtmlDecode(lines[i]);
            }
        }
    }

    /// <summary>A line that differs from the file's only by typographic signs is the file's line: nobody asked for them.</summary>
    private static void PutPlainSigns(List<string> lines, FileText old)
    {
        var there = old.Lines.Select(line => line.Text).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            if (
                !there.Contains(lines[i])
                && PlainLine.WithPlainSigns(lines[i]).Text is var plain
                && plain != lines[i]
                && there.Contains(plain)
            )
            {
                lines[i] = plain;
            }
        }
    }

    /// <summary>The text is nothing but edits of this very file.</summary>
    private static List<PatchBlock>? Inner(WriteBlock write, DraftSet stage, HashSet<string> known)
    {
        var lines = LineText.Lines(write.Text);
        var isCall = write.Text.AsSpan().TrimStart() is ['{' or '[', ..];
        var scan = new ReplyScan(lines, complete: true) { JsonTries = isCall ? 1 : 0, FileOfCalls = write.Path };
        if (!isCall)
        {
            scan.Name(write.Path);
        }
        scan.Run(untilProse: true);
        if (
            scan.HasProse
            || scan.Refusals.Count > 0
            || scan.Blocks.Count == 0
            || !scan.Blocks.TrueForAll(block =>
                block is ReplaceBlock { Search.Length: > 0 } && (block.Path.Length == 0 || stage.Lookup.Plain(block.Path) == write.Path)
            )
        )
        {
            return null;
        }
        // A file that may show edits means them only if its own lines are in them.
        return (Shown.In(write.Path) || IsData(write.Path)) && !scan.Blocks.TrueForAll(block => Stands((ReplaceBlock)block, known))
            ? null
            : [.. scan.Blocks.Select(block => block with { Path = write.Path, Number = write.Number })];
    }

    private static string Short(string line) => line.Trim() is { Length: <= 80 } text ? text : line.Trim()[..80];
}

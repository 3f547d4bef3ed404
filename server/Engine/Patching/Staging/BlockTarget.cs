using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>The file a block is about.</summary>
internal static class BlockTarget
{
    private const double FewShared = 0.3;

    private static readonly string[] Comments = ["//", "#", "--", "/*", "<!--", ";", "%"];

    /// <param name="beside">There are blocks that name their files.</param>
    /// <returns>The block with its path as the workspace has it.</returns>
    public static PatchBlock Resolve(PatchBlock block, DraftSet stage, string lastPath, bool beside) =>
        block switch
        {
            WriteBlock { Path.Length: 0 } write => Unnamed(write, stage, beside),
            WriteBlock { IsNew: true } write => write with { Path = stage.Lookup.Exact(write.Path) },
            WriteBlock write => Whole(write, stage),
            MoveBlock move => move with { Path = Find(move.Path, stage, _ => true), To = NewName(move.To, stage) },
            DeleteBlock delete => delete with { Path = stage.Lookup.Exact(delete.Path) },
            _ => block with
            {
                Path = Find(
                    Named(block, stage)
                        ?? (
                            block.Path.Length > 0 ? block.Path
                            : lastPath.Length > 0 ? lastPath
                            : OnlyFile(block, stage) ?? throw Unknown("", stage)
                        ),
                    stage,
                    path => Fits(block, stage, path)
                ),
            },
        };

    public static RefusedException Unknown(string path, DraftSet stage)
    {
        if (path.Length == 0)
        {
            return new RefusedException("malformed", "The block names no file. Write the file's path on the line above it.");
        }
        var near = string.Join(", ", stage.Lookup.Nearest(path, 3).Select(one => one.Path));
        return new RefusedException(
            "unknown_file",
            $"There is no file {path}." + (near.Length > 0 ? $" The nearest paths are: {near}." : "")
        );
    }

    private static string NewName(string path, DraftSet stage)
    {
        var exact = stage.Lookup.Exact(path);
        if (stage.Draft(exact) is null)
        {
            stage.Lookup.CheckNew(exact);
        }
        return exact;
    }

    private static string Find(string path, DraftSet stage, Func<string, bool> fits) =>
        stage.Draft(stage.Lookup.Exact(path))?.Path ?? stage.Lookup.Find(path, fits);

    /// <summary>What stands above is a file's name if there is such a file, whatever signs it has.</summary>
    private static string? Named(PatchBlock block, DraftSet stage) => block.Above.FirstOrDefault(stage.Lookup.Knows);

    /// <summary>The only file there is, unless a path that went wrong stands above.</summary>
    private static string? OnlyFile(PatchBlock block, DraftSet stage) =>
        block.Above.FirstOrDefault(stage.Lookup.IsSpoilt) is { } spoilt ? throw Unknown(spoilt, stage) : stage.Lookup.Only;

    /// <summary>A name without a folder may be that of a file deeper down; any other name that is not known is a new file's.</summary>
    private static WriteBlock Whole(WriteBlock write, DraftSet stage)
    {
        if (Named(write, stage) is { } name)
        {
            write = write with { Path = name, Mentioned = false };
        }
        var exact = stage.Lookup.Exact(write.Path);
        var path = stage.Draft(exact)?.Path
            ?? stage.Lookup.Find(
                write.Path,
                near => !exact.Contains('/', StringComparison.Ordinal) && Resembles(write, stage, near),
                similar: false
            );
        // git's signs belong into a diff; whether a folder is meant, only its author can tell.
        if (stage.Draft(path) is null && stage.Lookup.Behind(path) is { } plain && Resembles(write, stage, plain))
        {
            throw new RefusedException(
                "unknown_file",
                $"There is no file {path}. If {plain} is meant, write {plain}; a new file is made by *** Add File: {path}."
            );
        }
        // Named only in passing: an example of how to use the file, rather than the file.
        write = WithoutEcho(write with { Path = path }, stage);
        return write with { Path = write.Mentioned && stage.Draft(path)?.Text is not null && !Resembles(write, stage, path) ? "" : path };
    }

    /// <summary>A whole file without a name: its first line may be a comment with one; else it can only be the only file there
    /// is.</summary>
    private static WriteBlock Unnamed(WriteBlock write, DraftSet stage, bool beside)
    {
        if (Named(write, stage) is { } name)
        {
            return write with { Path = name };
        }
        if (FirstComment(write, stage) is var (path, rest) && stage.Lookup.Knows(path))
        {
            return write with { Path = path, Text = rest };
        }
        if (FirstPath(write, stage) is var (named, below) && Resembles(write with { Text = below }, stage, named))
        {
            return write with { Path = named, Text = below };
        }
        return !beside && OnlyFile(write, stage) is { } only && Resembles(write, stage, only) ? write with { Path = only } : write;
    }

    /// <summary>The name above the fence and once more as a comment the file never had.</summary>
    private static WriteBlock WithoutEcho(WriteBlock write, DraftSet stage) =>
        FirstComment(write, stage) is var (path, rest)
        && path == write.Path
        && stage.Draft(path)?.Text is { } text
        && !text.Lines.Any(line => line.Text.AsSpan().Trim().SequenceEqual(write.Text.AsSpan(0, write.Text.Length - rest.Length).Trim()))
            ? write with
            {
                Text = rest,
            }
            : write;

    private static (string Path, string Below)? FirstComment(WriteBlock write, DraftSet stage)
    {
        var end = write.Text.IndexOf('\n', StringComparison.Ordinal);
        var first = (end < 0 ? write.Text : write.Text[..end]).Trim();
        return Array.Exists(Comments, sign => first.StartsWith(sign, StringComparison.Ordinal)) && Parsing.PathLine.Read(first) is { } path
            ? (stage.Lookup.Plain(path), end < 0 ? "" : write.Text[(end + 1)..])
            : null;
    }

    /// <summary>The name of a known file as the first line of a fence, which some models write there instead of above it.</summary>
    private static (string Path, string Below)? FirstPath(WriteBlock write, DraftSet stage)
    {
        var end = write.Text.IndexOf('\n', StringComparison.Ordinal);
        return
            end > 0 && Parsing.PathLine.Names(write.Text[..end]).Select(stage.Lookup.Plain).FirstOrDefault(stage.Lookup.Knows) is { } path
            ? (path, write.Text[(end + 1)..])
            : null;
    }

    private static bool Fits(PatchBlock block, DraftSet stage, string path) =>
        block is ReplaceBlock { Search.Length: > 0 } replace
        && stage.Draft(path)?.Text is { } text
        && MatchSearch.Fits(new FileLines(text.Lines, stage.Habits(path).TabWidth), LineText.Lines(replace.Search), path);

    /// <summary>A file of that name elsewhere is meant only if it is a version of it.</summary>
    private static bool Resembles(WriteBlock write, DraftSet stage, string path)
    {
        if (stage.Draft(path)?.Text is not { } text)
        {
            return false;
        }
        var lines = LineText.Lines(write.Text).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal);
        var old = text.Lines.Select(line => line.Text.Trim()).Where(line => line.Length > 2).ToList();
        return old.Count > 0 && old.Count(lines.Contains) >= old.Count * FewShared;
    }
}

using System.Globalization;
using System.Text;
using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Changes as git prints them, file by file: a giant one is named and not read, and nothing is made that nobody would be shown. Names
/// are as they are, not in octal.
/// </summary>
/// <param name="prefix">As in <see cref="GitText"/>.</param>
internal sealed class GitChanges(Repository repository, WorkspaceRoot root, string prefix, Func<string, bool> hides, IGitTexts texts)
{
    public const string Hidden = "(not shown: the file holds secrets)\n";

    /// <summary>Of one side of a file, in bytes: git's library takes about thirty times that where every line differs.</summary>
    private const long MostShown = 8 << 20;

    /// <summary>Characters, and names of files behind them.</summary>
    private const int MostText = 128_000,
        MostNamed = 50;

    /// <param name="fromDisk">The new side is the file, else what git has of it.</param>
    /// <param name="compare">The same comparison for some paths only.</param>
    public string Print(TreeChanges changes, bool fromDisk, Func<IReadOnlyList<string>, Patch> compare, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var left = new List<string>();
        foreach (var file in changes.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (text.Length > MostText)
            {
                left.Add(Quote(Relative(file.Path)));
            }
            else
            {
                text.Append(Print(file, fromDisk, compare));
            }
        }
        if (left.Count > 0)
        {
            var more = left.Count > MostNamed ? ", ..." : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"({left.Count} more files differ: {string.Join(", ", left.Take(MostNamed))}{more})\n"
            );
        }
        return text.ToString();
    }

    /// <summary>A file name may hold a line break or an escape sequence; git quotes those.</summary>
    public static string Quote(string path) =>
        !path.Any(letter => char.IsControl(letter) || letter is '"' or '\\') ? path : $"\"{string.Concat(path.Select(Quote))}\"";

    private static string TooLarge(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"(not shown: the file has {bytes:N0} bytes; the most is {MostShown:N0})\n");

    private string Print(TreeEntryChanges file, bool fromDisk, Func<IReadOnlyList<string>, Patch> compare)
    {
        var (path, old) = (Relative(file.Path), Relative(file.OldPath));
        var first = $"diff --git {Quote($"a/{old}")} {Quote($"b/{path}")}\n";
        if (hides(path) || hides(old))
        {
            return first + Hidden;
        }
        var size = Math.Max(SizeOf(file.OldOid, file.OldMode), fromDisk ? OnDisk(file)?.Size ?? 0 : SizeOf(file.Oid, file.Mode));
        if (size > MostShown)
        {
            return first + TooLarge(size);
        }
        using var patch = compare(file.OldPath == file.Path ? [file.Path] : [file.OldPath, file.Path]);
        if (patch.FirstOrDefault(one => one.Path == file.Path) is not { } printed)
        {
            return "";
        }
        var at = printed.Patch.IndexOf("\n@@ ", StringComparison.Ordinal) + 1;
        var (header, body) = at == 0 ? (printed.Patch, "") : (printed.Patch[..at], printed.Patch[at..]);
        var own = Own(file, path, old, fromDisk, printed);
        // Only the header names files; below the first @@ everything is content.
        var lines = header.TrimEnd('\n').Split('\n').Skip(1).Select(line => Line(line, path, old)).ToList();
        if (own is null)
        {
            return $"{first}{string.Concat(lines.Select(line => $"{line}\n"))}{body}";
        }
        lines.RemoveAll(line => line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("+++ ", StringComparison.Ordinal));
        lines.RemoveAll(line => line.StartsWith("Binary files ", StringComparison.Ordinal));
        lines.Add($"--- {(IsFile(file.OldMode) ? Name("a/", old) : "/dev/null")}");
        lines.Add($"+++ {(IsFile(file.Mode) ? Name("b/", path) : "/dev/null")}");
        return $"{first}{string.Concat(lines.Select(line => $"{line}\n"))}{own}";
    }

    /// <summary>A line of the header with names as they are and as the workspace has them.</summary>
    private static string Line(string line, string path, string old)
    {
        string? Named(string before, string name) => line.StartsWith(before, StringComparison.Ordinal) ? before + name : null;
        return line.EndsWith(" /dev/null", StringComparison.Ordinal) && line[3] == ' '
            ? line
            : Named("--- ", Name("a/", old))
                ?? Named("+++ ", Name("b/", path))
                ?? Named("rename from ", Quote(old))
                ?? Named("rename to ", Quote(path))
                ?? Named("copy from ", Quote(old))
                ?? Named("copy to ", Quote(path))
                ?? Named("Binary files /dev/null and ", $"{Quote($"b/{path}")} differ")
                ?? (line.StartsWith("Binary files ", StringComparison.Ordinal) ? Binary(line, path, old) : line);
    }

    private static string Binary(string line, string path, string old) =>
        $"Binary files {Quote($"a/{old}")} and "
        + $"{(line.EndsWith(" and /dev/null differ", StringComparison.Ordinal) ? "/dev/null" : Quote($"b/{path}"))} differ";

    /// <summary>As git does, a tab ends a name that holds a blank.</summary>
    private static string Name(string side, string path) => Quote(side + path) + (path.Contains(' ') ? "\t" : "");

    /// <summary>What git would print as binary or as wrong letters.</summary>
    private string? Own(TreeEntryChanges file, string path, string old, bool fromDisk, PatchEntryChanges printed)
    {
        if (!(IsFile(file.OldMode) || file.OldMode is Mode.Nonexistent) || !(IsFile(file.Mode) || file.Mode is Mode.Nonexistent))
        {
            return null;
        }
        var before = IsFile(file.OldMode) ? Content(file.OldOid) : [];
        var after =
            !IsFile(file.Mode) ? []
            : fromDisk
                ? OnDisk(file) is { } fact ? root.Read(fact.Path, MostShown)
                    : []
            : Content(file.Oid);
        if (fromDisk && !printed.IsBinaryComparison && !printed.Patch.Contains('\r'))
        {
            after = WithLf(after);
        }
        return texts.Diff(old, before, path, after);
    }

    /// <summary>The settings of git may turn the line ends of a file on its way in; then they are no difference.</summary>
    private static byte[] WithLf(byte[] bytes) =>
        bytes.AsSpan().IndexOf("\r\n"u8) < 0
            ? bytes
            : [.. bytes.Where((one, at) => one != '\r' || at + 1 == bytes.Length || bytes[at + 1] != '\n')];

    private byte[] Content(ObjectId id)
    {
        if (repository.Lookup<Blob>(id) is not { } blob)
        {
            return [];
        }
        using var stream = blob.GetContentStream();
        var bytes = new byte[blob.Size];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private long SizeOf(ObjectId id, Mode mode) => IsFile(mode) ? repository.ObjectDatabase.RetrieveObjectMetadata(id)?.Size ?? 0 : 0;

    private FileFact? OnDisk(TreeEntryChanges file)
    {
        try
        {
            return root.Look(WorkspacePath.OfDisk(Relative(file.Path)));
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private static bool IsFile(Mode mode) => mode is Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile or Mode.ExecutableFile;

    private string Relative(string path) => path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;

    private static string Quote(char letter) =>
        letter switch
        {
            '"' => "\\\"",
            '\\' => @"\\",
            '\n' => "\\n",
            '\t' => "\\t",
            _ when char.IsControl(letter) => $"\\{Convert.ToString(letter, 8).PadLeft(3, '0')}",
            _ => letter.ToString(),
        };
}

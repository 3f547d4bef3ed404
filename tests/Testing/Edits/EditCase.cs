using System.Text;

namespace CodexSidecar.Testing.Edits;

/// <summary>A reply of a model, or a text the caller calls a patch.</summary>
internal sealed record EditReply(string Text, bool Complete, bool IsPatch, bool MayDelete);

/// <summary>
/// One case of tests/fixtures/patching: files, what a model said about them, and what becomes of them. The form of the files is told in the
/// README.md beside them.
/// </summary>
/// <param name="Name">Folder and file without its ending.</param>
/// <param name="Rows">The rows of rows.txt it shows.</param>
/// <param name="Style">Whose habits the reply has.</param>
/// <param name="Refused">Lines "block code path" for the last reply.</param>
/// <param name="Notes">Parts of what the user is told besides.</param>
internal sealed record EditCase(
    string Name,
    string Title,
    IReadOnlyList<string> Rows,
    string Style,
    SortedDictionary<string, byte[]> Before,
    IReadOnlyList<EditReply> Replies,
    SortedDictionary<string, byte[]> After,
    IReadOnlyList<string> Refused,
    IReadOnlyList<string> Notes
)
{
    public static IReadOnlyList<EditCase> All(string folder) =>
        [
            .. Directory
                .GetFiles(folder, "*.case", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    Read(Path.ChangeExtension(Path.GetRelativePath(folder, file), null).Replace('\\', '/'), File.ReadAllText(file))
                ),
        ];

    /// <exception cref="FormatException">The text is no case.</exception>
    public static EditCase Read(string name, string text)
    {
        var sections = EditSection.Split(text);
        var (before, replies, refused, notes) = (Tree(), new List<EditReply>(), new List<string>(), new List<string>());
        var (head, after, gone) = (sections[0].Lines, Tree(), new List<string>());
        foreach (var section in sections.Skip(1))
        {
            switch (section.Kind)
            {
                case "before" or "after":
                    var tree = section.Kind == "before" ? before : after;
                    tree[section.Path] = [.. tree.GetValueOrDefault(section.Path, []), .. section.Bytes()];
                    break;
                case "gone":
                    gone.Add(section.Path);
                    break;
                case "reply" when section.Has("more"):
                    replies[^1] = replies[^1] with { Text = replies[^1].Text + section.Text() };
                    break;
                case "reply" or "patch":
                    replies.Add(new(section.Text(), !section.Has("cut"), section.Kind == "patch", section.Has("may-delete")));
                    break;
                default:
                    (section.Kind == "refused" ? refused : notes).AddRange(section.Lines.Where(line => line.Length > 0));
                    break;
            }
        }
        var unmarked = before.Where(file => !after.ContainsKey(file.Key) && !gone.Contains(file.Key));
        foreach (var (path, bytes) in unmarked.ToList())
        {
            after[path] = bytes;
        }
        return new(
            name,
            head[0],
            [.. Value(head, "rows:").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
            Value(head, "by:"),
            before,
            replies,
            after,
            refused,
            notes
        );
    }

    public override string ToString() => Name;

    private static SortedDictionary<string, byte[]> Tree() => new(StringComparer.Ordinal);

    private static string Value(IReadOnlyList<string> head, string key) =>
        head.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";
}

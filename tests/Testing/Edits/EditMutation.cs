namespace CodexSidecar.Testing.Edits;

/// <summary>Damages replies as bad luck, bad models and bad people do: cut, doubled, swapped, mixed, with markers where none belong. The
/// same seed gives the same replies.</summary>
internal sealed class EditMutation(IReadOnlyList<EditCase> cases, int seed)
{
    private const int MostEdits = 4,
        Longest = 20_000;

    public static readonly string[] Markers =
    [
        "```",
        "```js",
        "````",
        "~~~",
        "```diff",
        "src/a.js",
        "**a.txt**:",
        "`a.js`",
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "------- SEARCH",
        "+++++++ REPLACE",
        "<<<<< ORIGINAL",
        ">>>>> UPDATED",
        "*** Begin Patch",
        "*** End Patch",
        "*** Update File: a.txt",
        "*** Add File: c.txt",
        "*** Delete File: a.txt",
        "*** Move to: d.txt",
        "*** End of File",
        "@@",
        "@@ class A",
        "@@ -1,2 +1,2 @@",
        "--- a/a.txt",
        "+++ b/a.txt",
        "+++ /dev/null",
        "diff --git a/a.txt b/b.txt",
        "rename from a.txt",
        "rename to b.txt",
        "new file mode 100644",
        "deleted file mode 100644",
        "GIT binary patch",
        "-",
        "+",
        " ",
        "...",
        "// ... existing code ...",
        "\\ No newline at end of file",
        "<file path=\"a.txt\">",
        "</file>",
        "<path>a.txt</path>",
        "<content>",
        "</content>",
        "<diff>",
        "</diff>",
        "{\"path\": \"a.txt\", \"content\": \"b\"}",
        "{",
        "[",
        "[TOOL_CALLS]",
        "<think>",
        "</think>",
        "<|im_end|>",
        ":start_line:2",
        "EOF",
        "apply_patch <<'EOF'",
        "../x",
        "/etc/passwd",
        ".git/config",
        "C:\\x",
        "\u2028",
        "\ud800",
        "\0",
        "\r",
    ];

    private readonly Random random = new(seed);
    private readonly IReadOnlyList<EditCase> small =
    [
        .. cases.Where(one =>
            one.Replies.All(reply => reply.Text.Length < Longest) && one.Before.Values.All(bytes => bytes.Length < Longest)
        ),
    ];

    public (EditCase Case, EditReply Reply) Next()
    {
        var one = small[random.Next(small.Count)];
        var reply = one.Replies[random.Next(one.Replies.Count)];
        var text = reply.Text;
        for (var left = random.Next(1, MostEdits + 1); left > 0; left--)
        {
            text = random.Next(2) == 0 ? OfLetters(text) : OfLines(text);
        }
        return (one, reply with { Text = text, Complete = random.Next(4) > 0 });
    }

    private string OfLetters(string text)
    {
        var (from, to) = Slice(text.Length, 40);
        return random.Next(5) switch
        {
            0 => text[..from],
            1 => text[from..],
            2 => text.Remove(from, to - from),
            3 => text.Insert(from, text[from..to]),
            _ => text.Insert(from, random.Next(3) == 0 ? ((char)random.Next(0x10000)).ToString() : Markers[random.Next(Markers.Length)]),
        };
    }

    private string OfLines(string text)
    {
        var lines = text.Split('\n').ToList();
        var (from, to) = Slice(lines.Count, 6);
        switch (random.Next(7))
        {
            case 0:
                lines.RemoveRange(from, to - from);
                break;
            case 1:
                lines.InsertRange(from, lines.GetRange(from, to - from));
                break;
            case 2:
                lines.Reverse(from, to - from);
                break;
            case 3:
                lines.Insert(from, Markers[random.Next(Markers.Length)]);
                break;
            case 4:
                var other = small[random.Next(small.Count)].Replies[0].Text.Split('\n');
                var (first, last) = Slice(other.Length, 20);
                lines.InsertRange(from, other[first..last]);
                break;
            case 5:
                for (var i = from; i < to; i++)
                {
                    lines[i] = random.Next(3) switch
                    {
                        0 => "  " + lines[i],
                        1 => lines[i].Trim(),
                        _ => lines[i] + "\r",
                    };
                }
                break;
            default:
                (lines[from], lines[to - 1]) = (lines[to - 1], lines[from]);
                break;
        }
        return string.Join('\n', lines);
    }

    /// <summary>From below the length, to above from; 0 and 0 of nothing.</summary>
    private (int From, int To) Slice(int length, int most)
    {
        if (length == 0)
        {
            return (0, 0);
        }
        var from = random.Next(length);
        return (from, from + random.Next(1, Math.Min(most, length - from) + 1));
    }
}

using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>What git holds as text, by the same decision as the files themselves.</summary>
internal sealed class GitTexts(TextFiles files) : IGitTexts
{
    public string? Read(string path, byte[] bytes, bool isPart)
    {
        try
        {
            return isPart ? files.Begin(path, bytes).Text : files.Text(path, bytes);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    public IReadOnlyList<GitLine>? Lines(string path, byte[] bytes)
    {
        FileText text;
        try
        {
            text = files.Read(path, bytes);
        }
        catch (RefusedException)
        {
            return null;
        }
        var lines = text.ToString().Split('\n');
        if (lines[^1].Length == 0)
        {
            lines = lines[..^1];
        }
        if (!text.Coding.IsWide)
        {
            return [.. lines.Select((line, at) => new GitLine(line, at))];
        }
        // Git counts bytes that look like a line end, and in two-byte letters other letters hold one too.
        var found = new List<GitLine>();
        for (int at = text.Coding.Mark.Length, number = 0, i = 0; i < lines.Length; i++)
        {
            found.Add(new(lines[i], number));
            var length = Math.Min(text.Coding.Encoding.GetByteCount(lines[i]) + 2, bytes.Length - at);
            number += bytes.AsSpan(at, length).Count((byte)'\n');
            at += length;
        }
        return found;
    }

    public string? Diff(string oldPath, byte[] old, string path, byte[] now)
    {
        FileText before,
            after;
        try
        {
            (before, after) = (files.Read(oldPath, old), files.Read(path, now));
        }
        catch (RefusedException)
        {
            return null;
        }
        if (
            (old.Length == 0 || before.Coding.IsUtf8 || TextFiles.IsPlain(old))
            && (now.Length == 0 || after.Coding.IsUtf8 || TextFiles.IsPlain(now))
        )
        {
            return null;
        }
        var runs = LineDiff.Runs([.. before.Lines.Select(line => line.ToString())], [.. after.Lines.Select(line => line.ToString())]);
        return runs.Count > 0
            ? UnifiedText.Of(runs, before.Lines, after.Lines)
            : $"(the same text; only its encoding or mark differs: {Name(before)}, now {Name(after)})\n";
    }

    private static string Name(FileText text) =>
        text.Coding.Guessed ? "unknown" : text.Coding.Encoding.WebName + (text.Coding.Mark.Length > 0 ? " with a mark" : "");
}

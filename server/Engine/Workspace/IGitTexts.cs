namespace CodexSidecar.Engine.Workspace;

/// <param name="Number">Of the line as git counts, 0-based: by the bytes of line ends.</param>
internal readonly record struct GitLine(string Text, int Number);

/// <summary>How the contents that git holds are text. Rooms above know: git and its library take everything for UTF-8.</summary>
internal interface IGitTexts
{
    /// <param name="isPart">Only the beginning.</param>
    /// <returns>Null: binary.</returns>
    string? Read(string path, byte[] bytes, bool isPart);

    /// <returns>Without their ends; null: binary.</returns>
    IReadOnlyList<GitLine>? Lines(string path, byte[] bytes);

    /// <summary>The body of a unified diff. Empty bytes: there is no such file.</summary>
    /// <returns>Null: both are UTF-8 or binary, which git prints well itself.</returns>
    string? Diff(string oldPath, byte[] old, string path, byte[] now);
}

/// <summary>As git takes it: UTF-8, or binary.</summary>
internal sealed class PlainGitTexts : IGitTexts
{
    public string? Read(string path, byte[] bytes, bool isPart) =>
        bytes.AsSpan().Contains((byte)0) ? null : System.Text.Encoding.UTF8.GetString(bytes);

    public IReadOnlyList<GitLine>? Lines(string path, byte[] bytes) =>
        Read(path, bytes, isPart: false) is { } text
            ? [.. text.TrimEnd('\n').Split('\n').Select((line, at) => new GitLine(line, at))]
            : null;

    public string? Diff(string oldPath, byte[] old, string path, byte[] now) => null;
}

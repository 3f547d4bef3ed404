namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// What absolute paths look like on a platform, where the framework's own functions do not do: they follow the rules of the platform
/// they run on, and one of them throws on Windows for what is right elsewhere. All of it is arithmetic on strings, so the rules of one
/// can be tested on another.
/// </summary>
/// <param name="Root">Where a path belongs that names no root; itself a full path.</param>
/// <param name="IgnoresCase">Its usual file systems take names in other letters for the same.</param>
internal sealed record PathRules(bool IsWindows, bool IgnoresCase, string Root)
{
    public static PathRules Unix { get; } = new(IsWindows: false, IgnoresCase: false, "/");

    public static PathRules MacOs { get; } = Unix with { IgnoresCase = true };

    public static PathRules Here { get; } =
        OperatingSystem.IsWindows() ? new(IsWindows: true, IgnoresCase: true, Path.GetPathRoot(Environment.SystemDirectory)!)
        : OperatingSystem.IsMacOS() ? MacOs
        : Unix;

    /// <summary>Between the folders of a PATH.</summary>
    public char ListSeparator => IsWindows ? ';' : ':';

    private char Separator => IsWindows ? '\\' : '/';

    /// <summary>
    /// A path of this platform without <c>.</c> and <c>..</c>. What names no root counts from <see cref="Root"/>: the current folder
    /// never matters.
    /// </summary>
    public static string Full(string path) => Path.GetFullPath(path, Here.BaseOf(path));

    /// <summary>
    /// A full path to give to <see cref="Path.GetFullPath(string, string)"/> together with this one. It throws for a base that is not
    /// full, even when it would not need it; and <c>/</c> is full on Unix only.
    /// </summary>
    public string BaseOf(string path) =>
        IsFull(path) ? path
        : DriveOf(path) is { } drive ? drive + Separator
        : Root;

    /// <summary>Names its root: <c>/x</c>; on Windows a drive with its separator, or a share.</summary>
    public bool IsFull(string path) =>
        !IsWindows ? path.StartsWith('/')
        : path.Length >= 2 && IsSeparator(path[0]) ? IsSeparator(path[1]) || path[1] == '?'
        : DriveOf(path) is not null && path.Length > 2 && IsSeparator(path[2]);

    /// <summary>Whether one full path is the other or lies below it, by their letters alone: links are not followed.</summary>
    public bool IsBelow(string path, string folder) =>
        (Clean(path) + Separator).StartsWith(
            Clean(folder) + Separator,
            IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
        );

    /// <summary>Without <c>.</c>, <c>..</c>, doubled and last separators, all of one kind.</summary>
    private string Clean(string path)
    {
        List<string> parts = [];
        foreach (var part in path.Split(IsWindows ? ['\\', '/'] : ['/'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }
        return (IsFull(path) && DriveOf(path) is null ? Separator.ToString() : "") + string.Join(Separator, parts);
    }

    private string? DriveOf(string path) =>
        IsWindows && path.Length >= 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' ? path[..2] : null;

    private bool IsSeparator(char letter) => letter == '/' || (IsWindows && letter == '\\');
}

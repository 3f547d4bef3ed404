using System.Text;

namespace CodexSidecar.Engine.Workspace;

/// <summary>A path inside the workspace: relative, with <c>/</c>, checked. Only this room makes one.</summary>
internal sealed record WorkspacePath
{
    private const int MostBytes = 4_000,
        MostNameBytes = 240;

    private WorkspacePath(string value) => Value = value;

    public static WorkspacePath Root { get; } = new(".");

    /// <summary>Such as <c>src/Range.cs</c>; the root itself is <c>.</c>.</summary>
    public string Value { get; }

    public bool IsRoot => Value == ".";

    /// <summary>The last part.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The folder it is in; of the root, the root.</summary>
    public WorkspacePath Parent => Value.LastIndexOf('/') is var slash and >= 0 ? new(Value[..slash]) : Root;

    /// <summary>In git's folder at any depth and in any spelling a file system takes for it, or in the sidecar's own: nobody writes there
    /// through <see cref="WorkspaceRoot.Apply"/>.</summary>
    public bool IsReserved => Parts.Any(IsGitFolder) || Parts[0].Equals(".codex-sidecar", StringComparison.OrdinalIgnoreCase);

    private string[] Parts => Value.Split('/');

    /// <summary>
    /// What a model, a client or a setting may name. Refuses, the same on every system: absolute and drive paths, <c>..</c> that leaves,
    /// UNC, <c>~</c>, <c>file:</c>,
    /// control characters, device names, trailing dots and blanks, streams, empty and over-long names. <c>\</c> counts as <c>/</c>;
    /// <c>./</c>, doubled and
    /// trailing slashes, and <c>..</c> that stays inside are resolved by their letters alone.
    /// </summary>
    /// <exception cref="WorkspaceException">Code <c>path</c>.</exception>
    public static WorkspacePath Parse(string path)
    {
        var why = RefuseWhole(path);
        List<string> parts = [];
        foreach (var part in why is null ? path.Replace('\\', '/').Split('/') : [])
        {
            if (part is ".." && parts.Count == 0)
            {
                why = "leaves the workspace";
                break;
            }
            if (part is "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                why = RefusePart(part);
                parts.Add(part);
            }
            if (why is not null)
            {
                break;
            }
        }
        return why is null ? Of(parts) : throw Refused(path, why);
    }

    /// <summary>A name that is on the disk, or was when a snapshot was taken: it may be any name, as long as it stays inside.</summary>
    /// <exception cref="WorkspaceException">Code <c>path</c>.</exception>
    public static WorkspacePath OfDisk(string path) =>
        path == "." ? Root
        : path.Length == 0 || path.Contains('\0') || path.Split('/').Any(part => part is "" or "." or "..")
            ? throw Refused(path, "leaves the workspace")
        : new(path);

    /// <summary>An entry of this folder, by the name the disk has for it.</summary>
    public WorkspacePath Child(string name) => new(IsRoot ? name : $"{Value}/{name}");

    /// <summary>Safe to print: a name on the disk may hold line breaks and escape sequences.</summary>
    public string Shown => Show(Value);

    public override string ToString() => Value;

    private static WorkspacePath Of(List<string> parts) => parts.Count == 0 ? Root : new(string.Join('/', parts));

    private static WorkspaceException Refused(string path, string why) => new("path", $"The path '{Show(path)}' is refused: it {why}.");

    private static string Show(string path)
    {
        var text = new StringBuilder();
        foreach (var letter in path.Length > 200 ? path[..200] + "..." : path)
        {
            text.Append(IsUnprintable(letter) ? '\uFFFD' : letter);
        }
        return text.ToString();
    }

    private static string? RefuseWhole(string path) =>
        path switch
        {
            "" => "is empty",
            _ when path.All(char.IsWhiteSpace) => "is empty",
            _ when path.Any(IsUnprintable) || !IsText(path) => "holds control characters",
            _ when path[0] is '/' or '\\' => "is absolute; use one relative to the workspace",
            _ when path.StartsWith("file:", StringComparison.OrdinalIgnoreCase) => "is a URL; use one relative to the workspace",
            _ when path.Contains(':') => "holds a colon (a drive or a stream); use one relative to the workspace",
            _ when path[0] == '~' => "begins with ~; use one relative to the workspace",
            _ when Encoding.UTF8.GetByteCount(path) > MostBytes => "is too long",
            _ => null,
        };

    private static string? RefusePart(string part) =>
        part switch
        {
            _ when part[^1] is '.' or ' ' => "has a name that ends with a dot or a blank",
            _ when IsDevice(part) => "has the name of a device",
            _ when Encoding.UTF8.GetByteCount(part) > MostNameBytes => $"has a name of more than {MostNameBytes} bytes",
            _ => null,
        };

    /// <summary>Control characters, and the invisible ones that turn the direction of text: what a person reads must be what is
    /// there.</summary>
    private static bool IsUnprintable(char letter) =>
        char.IsControl(letter)
        || letter is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF';

    private static bool IsText(string path)
    {
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !path.Contains('\uFFFD'))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Windows opens the device whatever follows the first dot.</summary>
    private static bool IsDevice(string part)
    {
        var name = part.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return name is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (
                name.Length == 4
                && (name.StartsWith("COM", StringComparison.Ordinal) || name.StartsWith("LPT", StringComparison.Ordinal))
                && (char.IsAsciiDigit(name[3]) || name[3] is '¹' or '²' or '³')
            );
    }

    /// <summary>Also <c>.GIT</c>, the short name <c>git~1</c>, trailing dots and blanks (Windows) and ignorable letters (macOS): the list
    /// git itself keeps.</summary>
    private static bool IsGitFolder(string part)
    {
        var name = string.Concat(
            part.Where(letter =>
                letter is not ((>= '\u200C' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u206A' and <= '\u206F') or '\uFEFF')
            )
        );
        name = name.Split(':')[0].TrimEnd('.', ' ');
        return name.Equals(".git", StringComparison.OrdinalIgnoreCase) || name.Equals("git~1", StringComparison.OrdinalIgnoreCase);
    }
}

using System.Security.Cryptography;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// What decides what git runs, before a command and after it. bubblewrap keeps what exists from being written; this is for what did not
/// exist
/// (a hook, a whole planted repository), which is set aside under another name, and for a backend that cannot keep a part of the workspace
/// from
/// being written: there what was changed is put back.
/// </summary>
internal sealed class GitGuard
{
    private const int LargestFile = 16 << 20;
    private static readonly string[] NotDeciding = ["objects", "refs", "logs", "lfs"];
    private readonly string workspace;
    private readonly IReadOnlyList<GitFolder> repositories;
    private readonly bool keep;
    private readonly Dictionary<string, State> before;

    private GitGuard(string workspace, IReadOnlyList<GitFolder> repositories, bool keep)
    {
        (this.workspace, this.repositories, this.keep) = (workspace, repositories, keep);
        before = Parts(repositories).ToDictionary(path => path, Look);
    }

    /// <param name="Content">Null: a folder, a link, or a file that could not be written anyway.</param>
    private sealed record State(byte[]? Content, UnixFileMode Mode, string? Link);

    /// <param name="keep">Keep the contents: the backend does not stop a command from writing them.</param>
    public static GitGuard Take(string workspace, IReadOnlyList<GitFolder> repositories, bool keep) => new(workspace, repositories, keep);

    /// <returns>What is as it was again, relative to the workspace.</returns>
    /// <exception cref="SandboxException">It could not be put back.</exception>
    public IReadOnlyList<string> Restore()
    {
        try
        {
            return Undo();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(
                $"The command changed what git runs, and that could not be put back; look at it before you use git here: {refused.Message}",
                hasRun: true
            );
        }
    }

    private IReadOnlyList<string> Undo()
    {
        var undone = new List<string>();
        // A repository that was moved as a whole is not a new one, and its parts were read-only wherever it went.
        if (keep || repositories.All(git => Path.Exists(git.Path)))
        {
            undone.AddRange(
                Parts(GitFolders.Find(workspace)).Where(path => !before.ContainsKey(path)).OrderBy(path => path.Length).Where(SetAside)
            );
        }
        undone.AddRange(
            before
                .Where(entry => IsOurs(entry.Key) && !IsAsBefore(entry.Key, entry.Value))
                .OrderBy(entry => entry.Key.Length)
                .ToList()
                .Select(entry => PutBack(entry.Key, entry.Value))
        );
        return
        [
            .. undone
                .Where(path => !undone.Exists(above => path.StartsWith(above + "/", StringComparison.Ordinal)))
                .Select(path => Path.GetRelativePath(workspace, path))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Every deciding file and folder; and .git itself where it is a link or a file.</summary>
    private IEnumerable<string> Parts(IReadOnlyList<GitFolder> found) =>
        found
            .SelectMany(git => git.ReadOnly.SelectMany(Below))
            .Concat(
                found
                    .Select(git => git.Path)
                    .Append(Path.Join(workspace, ".git"))
                    .Where(path => new FileInfo(path) is var mark && (mark.LinkTarget is not null || mark.Exists))
            )
            .Distinct();

    private static IEnumerable<string> Below(string path)
    {
        var isFolder = Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null;
        return !isFolder
            ? [path]
            :
            [
                path,
                .. Directory
                    .EnumerateFileSystemEntries(path, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true })
                    .Where(entry => !NotDeciding.Contains(Path.GetFileName(entry)))
                    .SelectMany(Below),
            ];
    }

    private State Look(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is { } target ? new(null, default, target)
            : keep && file is { Exists: true, Length: <= LargestFile } ? new(File.ReadAllBytes(path), Mode(path), null)
            : new(null, default, null);
    }

    /// <summary>No link on the way: the command may have put one where a folder was, and then the path is not in the workspace any
    /// more.</summary>
    private bool IsOurs(string path)
    {
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > workspace.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (new FileInfo(folder).LinkTarget is not null)
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsAsBefore(string path, State state)
    {
        var file = new FileInfo(path);
        return state.Link is not null ? file.LinkTarget == state.Link
            : state.Content is null ? Path.Exists(path) && file.LinkTarget is null
            : file is { Exists: true, LinkTarget: null }
                && Mode(path) == state.Mode
                && file.Length == state.Content.Length
                && SHA256.HashData(File.ReadAllBytes(path)).AsSpan().SequenceEqual(SHA256.HashData(state.Content));
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private static string PutBack(string path, State state)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        File.Delete(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (state.Link is not null)
        {
            File.CreateSymbolicLink(path, state.Link);
        }
        else if (state.Content is null)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.WriteAllBytes(path, state.Content);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, state.Mode);
            }
        }
        return path;
    }

    private bool SetAside(string path)
    {
        var isThere = IsOurs(path) && (Path.Exists(path) || new FileInfo(path).LinkTarget is not null);
        if (isThere)
        {
            var aside = $"{path}.set-aside-{Guid.NewGuid().ToString("n")[..8]}";
            if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                Directory.Move(path, aside);
            }
            else
            {
                File.Move(path, aside);
            }
        }
        return isThere;
    }
}

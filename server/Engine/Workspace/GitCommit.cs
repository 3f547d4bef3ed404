using System.Text.RegularExpressions;
using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>One commit of chosen files: HEAD's tree with these paths as they are on disk. Staged changes of other paths and all files stay
/// as they are.</summary>
/// <param name="inRepository">From a path of the workspace to one of the repository.</param>
internal sealed partial class GitCommit(WorkspaceRoot root, Repository repository, Func<WorkspacePath, string> inRepository) : IDisposable
{
    private const string Trailer = "Co-authored-by: Codex Sidecar <codex-sidecar@localhost>";

    private readonly Configuration configuration = GitPlace.Configuration(repository);

    /// <param name="File">Null: the file is gone.</param>
    private sealed record Entry(string Path, Blob? File, Mode Mode);

    public string Commit(IReadOnlyList<WorkspacePath> paths, string message, DateTimeOffset at)
    {
        if (repository.Info.CurrentOperation is not CurrentOperation.None)
        {
            throw new WorkspaceException(
                "io",
                $"The repository is in the middle of a {Words(repository.Info.CurrentOperation)}; finish or abort it, then commit."
            );
        }
        var author = configuration.BuildSignature(at)
            ?? throw new WorkspaceException(
                "io",
                "git does not know who the author is; set it with: git config user.name \"...\" and git config user.email \"...\"."
            );
        var tip = repository.Head.Tip;
        var entries = paths.Where(path => IsKnown(path) || !repository.Ignore.IsPathIgnored(inRepository(path))).Select(Read).ToList();
        var tree = repository.ObjectDatabase.CreateTree(Lay(tip, entries));
        if (tip is null ? entries.Count == 0 : tip.Tree.Id == tree.Id)
        {
            throw new WorkspaceException("io", "There is nothing to commit: the files are as in the last commit, or git ignores them.");
        }
        var commit = repository.ObjectDatabase.CreateCommit(author, author, message, tree, tip is null ? [] : [tip], prettifyMessage: true);
        // The index first: if the branch cannot be moved, the files are merely staged, and nothing is shown as deleted.
        Stage(entries);
        Move(commit, tip);
        return commit.Sha;
    }

    public void Dispose() => configuration.Dispose();

    private bool IsKnown(WorkspacePath path) =>
        repository.Head.Tip?[inRepository(path)] is not null || repository.Index[inRepository(path)] is not null;

    private Entry Read(WorkspacePath path)
    {
        RefuseForeign(path);
        var name = inRepository(path);
        var before = repository.Head.Tip?[name]?.Mode;
        switch (root.Look(path))
        {
            case null:
            case { Kind: EntryKind.Folder } when before is not null and not Mode.Directory:
                return new(name, null, Mode.Nonexistent);
            case { Kind: EntryKind.File } file:
                using (var content = root.OpenRead(path))
                {
                    // With the name, line ends are stored as .gitattributes and core.autocrlf want it, as git itself does.
                    return new(name, repository.ObjectDatabase.CreateBlob(content, name), FileMode(file.Mode, before));
                }
            case { Kind: EntryKind.Link } link:
                using (var target = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(link.LinkTarget!)))
                {
                    return new(name, repository.ObjectDatabase.CreateBlob(target), Mode.SymbolicLink);
                }
            default:
                throw new WorkspaceException("kind", $"{path} is not a file, so it cannot be committed.");
        }
    }

    /// <summary>What lies in another repository or behind a link does not belong to this one.</summary>
    private void RefuseForeign(WorkspacePath path)
    {
        var parts = path.Value.Split('/');
        for (var length = 1; length < parts.Length; length++)
        {
            var above = string.Join('/', parts.Take(length));
            if (root.Look(WorkspacePath.Parse(above))?.Kind is EntryKind.Link)
            {
                throw new WorkspaceException("path", $"{path} lies behind the link {above}; git does not store it there.");
            }
            if (Path.Exists(Path.Join(root.Folder, above, ".git")))
            {
                throw new WorkspaceException(
                    "path",
                    $"{path} belongs to the repository in {above}, which is not the one of the workspace."
                );
            }
        }
    }

    /// <summary>Where the file system cannot tell (Windows, core.fileMode off), a file keeps the bit it has in git.</summary>
    private Mode FileMode(UnixFileMode mode, Mode? before)
    {
        var counts = !OperatingSystem.IsWindows() && (configuration.Get<bool>("core.filemode")?.Value ?? true);
        var executable = counts ? mode.HasFlag(UnixFileMode.UserExecute) : before is Mode.ExecutableFile;
        return executable ? Mode.ExecutableFile : Mode.NonExecutableFile;
    }

    /// <summary>What goes makes room first: a file may have become a folder.</summary>
    private static TreeDefinition Lay(Commit? tip, IReadOnlyList<Entry> entries)
    {
        var definition = tip is null ? new TreeDefinition() : TreeDefinition.From(tip);
        foreach (var gone in entries.Where(entry => entry.File is null))
        {
            definition.Remove(gone.Path);
        }
        foreach (var entry in entries.Where(entry => entry.File is not null))
        {
            definition.Add(entry.Path, entry.File, entry.Mode);
        }
        return definition;
    }

    private void Stage(IReadOnlyList<Entry> entries)
    {
        var index = repository.Index;
        foreach (var gone in entries.Where(entry => entry.File is null && index[entry.Path] is not null))
        {
            index.Remove(gone.Path);
        }
        foreach (var entry in entries.Where(entry => entry.File is not null))
        {
            index.Add(entry.File, entry.Path, entry.Mode);
        }
        WriteKeepingTime(index);
    }

    /// <summary>
    /// git looks again into files that are as old as its index (https://git-scm.com/docs/racy-git). It counts in seconds, the library in
    /// nanoseconds: with the time of now, a change made in the second of the last "git add" would be hidden from git
    /// (CommitSpecs, A_change_in_the_second_of_its_staging_stays_seen).
    /// </summary>
    private void WriteKeepingTime(LibGit2Sharp.Index index)
    {
        var file = Path.Join(repository.Info.Path, "index");
        DateTime? before = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : null;
        index.Write();
        if (before is { } time)
        {
            File.SetLastWriteTimeUtc(file, time);
        }
    }

    private void Move(Commit commit, Commit? tip)
    {
        var log = tip is null ? $"commit (initial): {commit.MessageShort}" : $"commit: {commit.MessageShort}";
        var head = repository.Refs.Head;
        if (tip is null)
        {
            repository.Refs.Add(head.TargetIdentifier, commit.Id, log);
            return;
        }
        var branch = head.ResolveToDirectReference();
        if (branch.TargetIdentifier != tip.Sha)
        {
            throw new WorkspaceException("conflict", "Somebody else committed at the same moment; look at the branch and commit again.");
        }
        repository.Refs.UpdateTarget(branch, commit.Id, log);
    }

    public static string WithTrailer(string message)
    {
        var text = message.TrimEnd();
        var last = text.Split('\n')[^1];
        return text.Contains('\n') && TrailerLine().IsMatch(last) ? $"{text}\n{Trailer}\n" : $"{text}\n\n{Trailer}\n";
    }

    private static string Words(CurrentOperation operation) =>
        operation switch
        {
            CurrentOperation.Merge => "merge",
            CurrentOperation.Revert or CurrentOperation.RevertSequence => "revert",
            CurrentOperation.CherryPick or CurrentOperation.CherryPickSequence => "cherry-pick",
            CurrentOperation.Bisect => "bisect",
            _ => "rebase",
        };

    [GeneratedRegex(@"^[A-Za-z][\w-]*: \S")]
    private static partial Regex TrailerLine();
}

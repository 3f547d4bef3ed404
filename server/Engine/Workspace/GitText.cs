using System.Globalization;
using System.Text;
using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>What git prints for its reading commands.</summary>
/// <param name="prefix">The workspace's folder in the repository, ending in <c>/</c>; empty when it is the root.</param>
internal sealed class GitText(Repository repository, WorkspaceRoot root, string prefix, Func<string, bool> hides, IGitTexts texts)
{
    /// <summary>Of a file whose lines are named one by one.</summary>
    private const long MostBlamed = 4 << 20;

    /// <summary>Bytes of a file as it was; nobody is shown more of one.</summary>
    private const long MostRead = 1 << 20;

    private readonly GitChanges changes = new(repository, root, prefix, hides, texts);

    public string Status(CancellationToken cancellationToken)
    {
        var options = new StatusOptions
        {
            RecurseUntrackedDirs = false,
            DisablePathSpecMatch = true,
            PathSpec = prefix.Length == 0 ? null : [prefix.TrimEnd('/')],
        };
        var text = new StringBuilder($"## {BranchLine()}\n");
        var status = repository.RetrieveStatus(options);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (
            var entry in status
                .Where(entry => entry.State is not (FileStatus.Ignored or FileStatus.Unaltered))
                .OrderBy(entry => entry.State is FileStatus.NewInWorkdir)
                .ThenBy(entry => entry.FilePath, StringComparer.Ordinal)
        )
        {
            var from = entry.State.HasFlag(FileStatus.RenamedInIndex)
                ? $"{GitChanges.Quote(Relative(entry.HeadToIndexRenameDetails.OldFilePath))} -> "
                : "";
            text.Append(Letters(entry.State)).Append(' ').Append(from).Append(GitChanges.Quote(Relative(entry.FilePath))).Append('\n');
        }
        return text.ToString();
    }

    public string Diff(IReadOnlyList<string> paths, bool staged, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? only =
            paths.Count > 0 ? paths
            : prefix.Length > 0 ? [prefix.TrimEnd('/')]
            : null;
        if (only is not null && only.Contains(""))
        {
            only = null;
        }
        var exactly = new ExplicitPathsOptions { ShouldFailOnUnmatchedPath = false };
        Patch Compare(IReadOnlyList<string>? some) =>
            staged
                ? repository.Diff.Compare<Patch>(repository.Head.Tip?.Tree, DiffTargets.Index, some, exactly)
                : repository.Diff.Compare<Patch>(some, includeUntracked: false, exactly);
        using var found = staged
            ? repository.Diff.Compare<TreeChanges>(repository.Head.Tip?.Tree, DiffTargets.Index, only, exactly)
            : repository.Diff.Compare<TreeChanges>(only, includeUntracked: false, exactly);
        return changes.Print(found, fromDisk: !staged, Compare, cancellationToken);
    }

    /// <summary>
    /// Unsorted is the order of git itself: the youngest of those whose children have been shown. For any other the library reads the
    /// whole history first. https://github.com/libgit2/libgit2/blob/main/src/libgit2/revwalk.c
    /// </summary>
    public string Log(int most, string path, CancellationToken cancellationToken)
    {
        if (most <= 0)
        {
            return "";
        }
        var text = new StringBuilder();
        var left = most;
        foreach (var commit in repository.Commits.QueryBy(new CommitFilter { SortBy = CommitSortStrategies.None }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (path.Length > 0 && !Changes(commit, path))
            {
                continue;
            }
            text.Append($"{Short(commit)} {Day(commit.Author.When)} {commit.Author.Name} {commit.MessageShort}\n");
            if (--left == 0)
            {
                break;
            }
        }
        return text.ToString();
    }

    public string ShowCommit(string revision, CancellationToken cancellationToken)
    {
        var commit = Find(revision);
        var before = commit.Parents.FirstOrDefault()?.Tree;
        var exactly = new ExplicitPathsOptions { ShouldFailOnUnmatchedPath = false };
        using var found = repository.Diff.Compare<TreeChanges>(
            before,
            commit.Tree,
            prefix.Length == 0 ? null : [prefix.TrimEnd('/')],
            exactly
        );
        var patch = changes.Print(
            found,
            fromDisk: false,
            some => repository.Diff.Compare<Patch>(before, commit.Tree, some, exactly),
            cancellationToken
        );
        var merge = commit.Parents.Count() > 1 ? $"Merge: {string.Join(' ', commit.Parents.Select(Short))}\n" : "";
        var date = commit.Author.When.ToString("ddd MMM d HH:mm:ss yyyy zzz", CultureInfo.InvariantCulture);
        var message = string.Concat(commit.Message.TrimEnd().Split('\n').Select(line => $"    {line}\n"));
        return $"commit {commit.Sha}\n{merge}Author: {commit.Author.Name} "
            + $"<{commit.Author.Email}>\nDate:   {date[..^3]}{date[^2..]}\n\n{message}\n{patch}";
    }

    public string ShowFile(string revision, WorkspacePath path)
    {
        if (hides(path.Value))
        {
            return GitChanges.Hidden;
        }
        return Find(revision)[prefix + path.Value]?.Target switch
        {
            Blob blob => BlobText(path.Value, blob),
            Tree tree => string.Concat(
                tree.Select(entry => entry.TargetType is TreeEntryTargetType.Tree ? $"{entry.Name}/\n" : $"{entry.Name}\n")
            ),
            _ => throw new WorkspaceException("missing", $"{path} is not in {revision}."),
        };
    }

    public string Blame(WorkspacePath path, CancellationToken cancellationToken)
    {
        if (hides(path.Value))
        {
            return GitChanges.Hidden;
        }
        var file = prefix + path.Value;
        if (repository.Head.Tip?[file]?.Target is not Blob blob)
        {
            throw new WorkspaceException("missing", $"{path} is not in the last commit, so nobody can be named for its lines.");
        }
        if (blob.Size > MostBlamed)
        {
            throw new WorkspaceException(
                "size",
                $"{path} has {blob.Size:N0} bytes in the last commit; blame names lines of at most {MostBlamed:N0}."
            );
        }
        var lines = texts.Lines(path.Value, Content(blob, MostBlamed)) ?? throw new WorkspaceException("kind", $"{path} is binary.");
        var hunks = repository.Blame(file).OrderBy(hunk => hunk.FinalStartLineNumber).ToList();
        cancellationToken.ThrowIfCancellationRequested();
        var text = new StringBuilder();
        for (int at = 0, line = 0; line < lines.Count && hunks.Count > 0; line++)
        {
            while (at + 1 < hunks.Count && hunks[at + 1].FinalStartLineNumber <= lines[line].Number)
            {
                at++;
            }
            var (by, when) = (hunks[at].FinalSignature.Name, Day(hunks[at].FinalSignature.When));
            text.Append(CultureInfo.InvariantCulture, $"{Short(hunks[at].FinalCommit)} ({by} {when} {line + 1}) {lines[line].Text}\n");
        }
        return text.ToString();
    }

    public string Branches()
    {
        var detached = repository.Info.IsHeadDetached ? $"* (HEAD detached at {Short(repository.Head.Tip)})\n" : "";
        return detached
            + string.Concat(
                repository
                    .Branches.Where(branch => !branch.IsRemote)
                    .OrderBy(branch => branch.FriendlyName, StringComparer.Ordinal)
                    .Select(branch => $"{(branch.IsCurrentRepositoryHead ? '*' : ' ')} {branch.FriendlyName}\n")
            );
    }

    private string BranchLine()
    {
        var head = repository.Head;
        if (repository.Info.IsHeadUnborn)
        {
            return $"No commits yet on {head.FriendlyName}";
        }
        if (repository.Info.IsHeadDetached)
        {
            return "HEAD (no branch)";
        }
        if (head.TrackedBranch is not { Tip: not null } upstream)
        {
            return head.FriendlyName;
        }
        string[] counts =
        [
            .. new[] { ("ahead", head.TrackingDetails.AheadBy), ("behind", head.TrackingDetails.BehindBy) }
                .Where(one => one.Item2 > 0)
                .Select(one => $"{one.Item1} {one.Item2}"),
        ];
        return $"{head.FriendlyName}...{upstream.FriendlyName}{(counts.Length == 0 ? "" : $" [{string.Join(", ", counts)}]")}";
    }

    private static string Letters(FileStatus state)
    {
        if (state.HasFlag(FileStatus.Conflicted))
        {
            return "UU";
        }
        if (state is FileStatus.NewInWorkdir)
        {
            return "??";
        }
        var index = Letter(
            state,
            FileStatus.NewInIndex,
            FileStatus.ModifiedInIndex,
            FileStatus.DeletedFromIndex,
            FileStatus.RenamedInIndex,
            FileStatus.TypeChangeInIndex
        );
        var files = Letter(
            state,
            FileStatus.NewInWorkdir,
            FileStatus.ModifiedInWorkdir,
            FileStatus.DeletedFromWorkdir,
            FileStatus.RenamedInWorkdir,
            FileStatus.TypeChangeInWorkdir
        );
        return $"{index}{files}";
    }

    private static char Letter(FileStatus state, params ReadOnlySpan<FileStatus> kinds)
    {
        for (var index = 0; index < kinds.Length; index++)
        {
            if (state.HasFlag(kinds[index]))
            {
                return "AMDRT"[index];
            }
        }
        return ' ';
    }

    /// <summary>As git's history of a path: the commit left it otherwise than every parent had it.</summary>
    private static bool Changes(Commit commit, string path)
    {
        var here = commit[path]?.Target.Id;
        return commit.Parents.Any() ? commit.Parents.All(parent => parent[path]?.Target.Id != here) : here is not null;
    }

    private Commit Find(string revision)
    {
        // A leading dash would be an option for the git program; here it can only be a mistake.
        var found = revision.Length == 0 || revision[0] == '-' ? null : repository.Lookup(revision);
        return found?.Peel<Commit>() ?? throw new WorkspaceException("missing", $"There is no commit \"{revision}\".");
    }

    private string BlobText(string path, Blob blob)
    {
        var isPart = blob.Size > MostRead;
        var text = texts.Read(path, Content(blob, MostRead), isPart);
        return text is null ? $"(binary, {blob.Size} bytes)\n"
            : isPart ? $"{text}\n(only the first {text.Length:N0} characters; the file has {blob.Size:N0} bytes)\n"
            : text;
    }

    private static byte[] Content(Blob blob, long most)
    {
        using var stream = blob.GetContentStream();
        var bytes = new byte[Math.Min(blob.Size, most)];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string Relative(string path) => path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;

    private string Short(Commit commit) => repository.ObjectDatabase.ShortenObjectId(commit);

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

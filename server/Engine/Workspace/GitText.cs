using System.Globalization;
using System.Text;
using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>What git prints for its reading commands.</summary>
/// <param name="prefix">The workspace's folder in the repository, ending in <c>/</c>; empty when it is the root.</param>
internal sealed class GitText(Repository repository, string prefix, Func<string, bool> hides)
{
    private const string Hidden = "(not shown: the file holds secrets)\n";

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
                ? $"{Quote(Relative(entry.HeadToIndexRenameDetails.OldFilePath))} -> "
                : "";
            text.Append(Letters(entry.State)).Append(' ').Append(from).Append(Quote(Relative(entry.FilePath))).Append('\n');
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
        using var patch = staged
            ? repository.Diff.Compare<Patch>(repository.Head.Tip?.Tree, DiffTargets.Index, only, exactly)
            : repository.Diff.Compare<Patch>(only, includeUntracked: false, exactly);
        return Print(patch, cancellationToken);
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
        using var patch = repository.Diff.Compare<Patch>(
            commit.Parents.FirstOrDefault()?.Tree,
            commit.Tree,
            prefix.Length == 0 ? null : [prefix.TrimEnd('/')],
            new ExplicitPathsOptions { ShouldFailOnUnmatchedPath = false }
        );
        var merge = commit.Parents.Count() > 1 ? $"Merge: {string.Join(' ', commit.Parents.Select(Short))}\n" : "";
        var date = commit.Author.When.ToString("ddd MMM d HH:mm:ss yyyy zzz", CultureInfo.InvariantCulture);
        var message = string.Concat(commit.Message.TrimEnd().Split('\n').Select(line => $"    {line}\n"));
        return $"commit {commit.Sha}\n{merge}Author: {commit.Author.Name} "
            + $"<{commit.Author.Email}>\nDate:   {date[..^3]}{date[^2..]}\n\n{message}\n{Print(patch, cancellationToken)}";
    }

    public string ShowFile(string revision, WorkspacePath path)
    {
        if (hides(path.Value))
        {
            return Hidden;
        }
        return Find(revision)[prefix + path.Value]?.Target switch
        {
            Blob blob => BlobText(blob),
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
            return Hidden;
        }
        var file = prefix + path.Value;
        if (repository.Head.Tip?[file]?.Target is not Blob blob)
        {
            throw new WorkspaceException("missing", $"{path} is not in the last commit, so nobody can be named for its lines.");
        }
        if (blob.IsBinary)
        {
            throw new WorkspaceException("kind", $"{path} is binary.");
        }
        var lines = BlobText(blob).Split('\n');
        var hunks = repository.Blame(file);
        cancellationToken.ThrowIfCancellationRequested();
        return string.Concat(
            hunks
                .OrderBy(hunk => hunk.FinalStartLineNumber)
                .SelectMany(hunk =>
                    Enumerable
                        .Range(hunk.FinalStartLineNumber, hunk.LineCount)
                        .Where(line => line < lines.Length)
                        .Select(line =>
                            $"{Short(hunk.FinalCommit)} "
                            + $"({hunk.FinalSignature.Name} {Day(hunk.FinalSignature.When)} {line + 1}) {lines[line]}\n"
                        )
                )
        );
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

    private string Print(Patch patch, CancellationToken cancellationToken) =>
        string.Concat(
            patch.Select(file =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Print(file, Relative(file.Path), Relative(file.OldPath));
            })
        );

    private string Print(PatchEntryChanges file, string path, string old)
    {
        if (hides(path) || hides(old))
        {
            return $"diff --git a/{Quote(old)} b/{Quote(path)}\n{Hidden}";
        }
        // Only the header names files; below the first @@ everything is content.
        var body = file.Patch.IndexOf("\n@@ ", StringComparison.Ordinal);
        var header = body < 0 ? file.Patch : file.Patch[..body];
        foreach (var before in new[] { "a/", "b/", "rename from ", "rename to " })
        {
            header = prefix.Length == 0 ? header : header.Replace(before + prefix, before, StringComparison.Ordinal);
        }
        return header + (body < 0 ? "" : file.Patch[body..]);
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

    private static string BlobText(Blob blob) => blob.IsBinary ? $"(binary, {blob.Size} bytes)\n" : blob.GetContentText();

    private string Relative(string path) => path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;

    private string Short(Commit commit) => repository.ObjectDatabase.ShortenObjectId(commit);

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A file name may hold a line break or an escape sequence; git quotes those.</summary>
    private static string Quote(string path) =>
        !path.Any(letter => char.IsControl(letter) || letter is '"' or '\\') ? path : $"\"{string.Concat(path.Select(Quote))}\"";

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

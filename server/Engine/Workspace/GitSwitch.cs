using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Branches and the stash. Nothing that is not committed is ever at risk: a switch needs tracked files as they were committed, and no file
/// of the new
/// branch may lie where an unknown or ignored one is.
/// </summary>
internal sealed class GitSwitch(WorkspaceRoot root, Repository repository, string prefix)
{
    /// <exception cref="WorkspaceException">missing: no such branch; conflict: uncommitted changes; io: not possible here.</exception>
    public void Checkout(string name)
    {
        NothingHalfDone();
        var branch = repository.Branches[name] is { IsRemote: false } found
            ? found
            : throw new WorkspaceException("missing", $"There is no branch \"{name}\".");
        NothingUncommitted("switching");
        var added = repository.Diff.Compare<TreeChanges>(repository.Head.Tip?.Tree, branch.Tip.Tree).Added.Select(change => change.Path);
        if (
            added.FirstOrDefault(path =>
                Path.Exists(Path.Join(root.Folder, path)) || new FileInfo(Path.Join(root.Folder, path)).LinkTarget is not null
            ) is
            { } inTheWay
        )
        {
            throw new WorkspaceException(
                "conflict",
                $"{inTheWay} is not under version control here and the branch \"{name}\" would overwrite it; move it away first."
            );
        }
        Commands.Checkout(repository, branch, new CheckoutOptions { CheckoutModifiers = CheckoutModifiers.None });
    }

    public void Create(string name)
    {
        if (repository.Head.Tip is not { } tip)
        {
            throw new WorkspaceException("io", "There is no commit yet, so there can be no second branch.");
        }
        if (!Reference.IsValidName($"refs/heads/{name}") || name.StartsWith('-'))
        {
            throw new WorkspaceException("io", $"\"{name}\" cannot be the name of a branch.");
        }
        if (repository.Branches[name] is not null)
        {
            throw new WorkspaceException("conflict", $"There is a branch \"{name}\" already.");
        }
        repository.CreateBranch(name, tip);
    }

    /// <summary>Puts tracked changes aside; unknown files stay where they are.</summary>
    public void Stash(string message, Signature who)
    {
        NothingHalfDone();
        if (repository.Stashes.Add(who, message, StashModifiers.Default) is null)
        {
            throw new WorkspaceException("io", "There is nothing to stash.");
        }
    }

    /// <summary>Brings the newest stash back and removes it, or leaves everything as it is.</summary>
    public void Unstash()
    {
        NothingHalfDone();
        NothingUncommitted("taking a stash back");
        if (!repository.Stashes.Any())
        {
            throw new WorkspaceException("missing", "There is no stash.");
        }
        if (
            repository.Stashes.Pop(0, new StashApplyOptions { ApplyModifiers = StashApplyModifiers.ReinstateIndex }) is var status
            && status is not StashApplyStatus.Applied
        )
        {
            throw new WorkspaceException(
                "conflict",
                "The stash does not fit on the files as they are now; it is kept, and nothing was changed."
            );
        }
    }

    private void NothingHalfDone()
    {
        if (prefix.Length > 0)
        {
            throw new WorkspaceException("io", "The workspace is a part of a larger repository; switching would change files outside it.");
        }
        if (repository.Info.CurrentOperation is not CurrentOperation.None)
        {
            throw new WorkspaceException(
                "io",
                "The repository is in the middle of another operation (a merge, a rebase); finish or abort it first."
            );
        }
    }

    private void NothingUncommitted(string what)
    {
        var dirty = repository
            .RetrieveStatus(
                new StatusOptions
                {
                    IncludeUntracked = false,
                    IncludeIgnored = false,
                    ExcludeSubmodules = true,
                }
            )
            .Where(entry => entry.State is not (FileStatus.Unaltered or FileStatus.Ignored))
            .Select(entry => entry.FilePath)
            .Take(5)
            .ToList();
        if (dirty.Count > 0)
        {
            throw new WorkspaceException(
                "conflict",
                $"There are uncommitted changes, and {what} would put them at risk: {string.Join(", ", dirty)}. Commit or stash them first."
            );
        }
    }
}

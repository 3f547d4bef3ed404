using System.Security.Cryptography;

namespace CodexSidecar.Engine.Workspace;

/// <summary>Makes steps of a batch of files: finds where each name really leads, compares what is there with what is expected, and refuses
/// what can be known to fail.</summary>
internal sealed class WritePlan(WorkspaceRoot root)
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly Dictionary<WorkspacePath, BatchStep?> steps = [];

    public IReadOnlyList<BatchStep> Of(IReadOnlyList<FileWrite> writes)
    {
        foreach (var write in writes)
        {
            Add(write);
        }
        return [.. steps.Values.OfType<BatchStep>()];
    }

    private void Add(FileWrite write)
    {
        if (write.Path.IsRoot)
        {
            throw new WorkspaceException("kind", "The workspace's root is a folder.");
        }
        var path = root.PlaceOf(write);
        if (write.Path.IsReserved || path.IsReserved)
        {
            throw new WorkspaceException(
                "path",
                $"{write.Path.Shown} is refused: nothing is written to git's or the sidecar's own folders."
            );
        }
        var old = root.Look(path);
        if (old is { Kind: EntryKind.Folder or EntryKind.Special })
        {
            throw new WorkspaceException(
                "kind",
                $"{write.Path.Shown} is {(old.Kind is EntryKind.Folder ? "a folder" : "no regular file")}."
            );
        }
        Compare(write, old);
        if (old is not null)
        {
            RefuseReadOnly(write, old);
        }
        if (!steps.TryAdd(path, Step(write, path, old)))
        {
            throw Refusal.Conflict(write.Path, "is twice in the batch");
        }
        if (write.Bytes is not null)
        {
            MakeParents(path);
        }
    }

    private static BatchStep? Step(FileWrite write, WorkspacePath path, FileFact? old) =>
        (write.Bytes, old) switch
        {
            (null, null) => null,
            (null, _) => new RemoveFile(path, old),
            var (bytes, _) => new PutFile(path, old, () => new MemoryStream(bytes, writable: false), write.Mode),
        };

    private void Compare(FileWrite write, FileFact? old)
    {
        if (write.ExpectedSha256 is null && old is not null)
        {
            throw Refusal.Conflict(write.Path, "exists already");
        }
        if (write.ExpectedSha256 is { } expected)
        {
            if (old is null)
            {
                throw Refusal.Conflict(write.Path, "is gone");
            }
            using var stream = root.OpenRead(write.Path);
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != expected)
            {
                throw Refusal.Conflict(write.Path, "was changed by somebody else");
            }
        }
    }

    /// <summary>A new name in the folder would go round the protection of a file; so its own bits are asked too.</summary>
    private void RefuseReadOnly(FileWrite write, FileFact old)
    {
        if (old.Kind is EntryKind.File && ((old.Mode & Writable) == 0 || !root.MayWrite(old.Path)))
        {
            throw new WorkspaceException("io", $"{write.Path.Shown} is read-only.");
        }
        if (!root.MayWrite(old.Path.Parent))
        {
            throw new WorkspaceException("io", $"{write.Path.Shown} cannot be replaced: its folder is read-only.");
        }
    }

    private void MakeParents(WorkspacePath path)
    {
        foreach (var folder in BatchOrder.Above(path))
        {
            switch (root.Look(folder)?.Kind)
            {
                case null:
                    steps.TryAdd(folder, new MakeFolder(folder));
                    break;
                case EntryKind.Folder:
                    return;
                default:
                    throw new WorkspaceException("kind", $"{folder.Shown} is no folder.");
            }
        }
    }
}

namespace CodexSidecar.Engine.Workspace;

/// <summary>The new contents of a batch, before any name changes: written beside their places and flushed.</summary>
/// <param name="leaving">Folders that the batch removes: nothing is staged in them.</param>
internal sealed class StagedFiles(Jail jail, DoneSteps done, IReadOnlySet<WorkspacePath> leaving)
{
    /// <summary>So many files wait for the disk at once: its journal takes them together, and no process runs out of handles.</summary>
    private const int FlushedTogether = 64,
        MostFlushers = 16;

    private readonly Dictionary<WorkspacePath, StagedPlace> places = [];
    private readonly List<(BatchStep Step, FileStream Target)> unflushed = [];

    /// <summary>Where the new content of a path lies, or where its old one is moved to.</summary>
    public StagedPlace PlaceOf(WorkspacePath path) => places[path];

    /// <summary>Closes what a fault has left open.</summary>
    public void Abandon() => unflushed.ForEach(open => open.Target.Dispose());

    public void Stage(BatchStep step)
    {
        if (step is not (PutFile or PutLink or RemoveFile))
        {
            return;
        }
        var place = new StagedPlace(StagingFolder(step.Path), StagedName.New());
        places[step.Path] = place;
        if (step is RemoveFile)
        {
            return;
        }
        done.Push(new($"stage {step.Path}", () => jail.In(place.Folder, folder => folder.Remove(place.Name))) { Staged = place });
        jail.In(place.Folder, folder =>
        {
            if (step is PutLink link)
            {
                folder.MakeLink(place.Name, link.Target);
            }
            else
            {
                Write((PutFile)step, folder, place.Name);
            }
        });
    }

    private void Write(PutFile step, JailFolder folder, string name)
    {
        using var source = step.Content();
        var target = new FileStream(folder.Create(name), FileAccess.Write);
        unflushed.Add((step, target));
        source.CopyTo(target);
        target.Flush();
        if (step.Old is { Kind: EntryKind.File })
        {
            jail.In(step.Path.Parent, parent => parent.Adopt(target.SafeFileHandle, step.Path.Name, step.Mode));
        }
        else
        {
            folder.Adopt(target.SafeFileHandle, null, step.Mode);
        }
        if (unflushed.Count == FlushedTogether)
        {
            Flush();
        }
    }

    /// <summary>Each waits for the disk, not for a processor; so they wait side by side, on threads of their own.</summary>
    public void Flush()
    {
        var next = -1;
        void Work()
        {
            while (Interlocked.Increment(ref next) is var at && at < unflushed.Count)
            {
                Refusal.Try(unflushed[at].Step, () =>
                {
                    using var target = unflushed[at].Target;
                    target.Flush(flushToDisk: true);
                });
            }
        }
        var others = Enumerable
            .Range(1, Math.Max(0, Math.Min(MostFlushers, unflushed.Count) - 1))
            .Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        try
        {
            Work();
        }
        finally
        {
            Task.WhenAll(others).GetAwaiter().GetResult();
        }
        unflushed.Clear();
    }

    /// <summary>The nearest folder above that is there, is no link, and is not about to leave.</summary>
    private WorkspacePath StagingFolder(WorkspacePath path)
    {
        var folder = path.Parent;
        while (!folder.IsRoot && (leaving.Contains(folder) || !IsFolder(folder)))
        {
            folder = folder.Parent;
        }
        return folder;
    }

    private bool IsFolder(WorkspacePath path)
    {
        try
        {
            using var folder = jail.OpenFolder(path, exact: true);
            return true;
        }
        catch (CallFailed fault) when (fault.Error is LinuxCalls.Missing or LinuxCalls.NotFolder or LinuxCalls.Loop)
        {
            return false;
        }
    }
}

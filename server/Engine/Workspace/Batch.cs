namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Does all steps or none. New contents are staged first, in the nearest folder that is there and stays, and flushed; then names change,
/// each in one call of
/// the system. What gives way is kept under a staged name until the end, so that every step can be taken back. Every call opens its folder
/// anew and without
/// links: a folder swapped for a link in between is a failure, never a way out.
/// </summary>
/// <param name="atStep">For tests: called before whatever is done or undone; what it throws is a fault at that point, and if it goes on
/// throwing, a kill.</param>
internal sealed class Batch(Jail jail, Action<string>? atStep)
{
    /// <summary>So many files wait for the disk at once: its journal takes them together, and no process runs out of handles.</summary>
    private const int FlushedTogether = 64,
        MostFlushers = 16;

    private readonly Stack<DoneStep> done = new();

    /// <summary>What is wrong where a step could not be taken back: sentences for the user.</summary>
    private readonly List<string> stuck = [];
    private readonly List<(WorkspacePath Folder, string Name)> replaced = [];
    private readonly Dictionary<WorkspacePath, (WorkspacePath Folder, string Name)> staged = [];

    /// <summary>Files whose inode this batch has changed by taking away a name: another name of the same file (a hard link) looks touched
    /// then.</summary>
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly List<(BatchStep Step, FileStream Target)> unflushed = [];
    private HashSet<WorkspacePath> leaving = [];

    /// <exception cref="WorkspaceException">conflict, path, kind or io; nothing is changed, or the message names what could not be put
    /// back and where it lies.</exception>
    public void Run(IReadOnlyList<BatchStep> steps)
    {
        leaving = [.. steps.OfType<RemoveFolder>().Select(step => step.Path)];
        try
        {
            foreach (var step in steps)
            {
                Try(step, "stage", () => Stage(step));
            }
            FlushStaged();
            foreach (var step in BatchOrder.Of(steps))
            {
                Try(step, "do", () => Do(step));
            }
            foreach (var folder in steps.Select(step => step.Path.Parent).Distinct())
            {
                Flush(folder);
            }
        }
        catch (Exception fault)
        {
            unflushed.ForEach(open => open.Target.Dispose());
            Undo();
            if (stuck.Count == 0)
            {
                throw;
            }
            // A conflict would be planned again, on files that are not where they belong.
            throw new WorkspaceException(
                fault is WorkspaceException { Code: "path" } ? "path" : "io",
                $"{fault.Message} What had been changed by then could not all be put back: {string.Join(" ", stuck)}",
                fault
            )
            {
                LeftSomething = true,
            };
        }
        atStep?.Invoke("clean");
        foreach (var (folder, name) in replaced)
        {
            Quietly(() => In(folder, open => open.Remove(name)));
        }
    }

    private void Try(BatchStep step, string phase, Action action)
    {
        atStep?.Invoke($"{phase} {step.Verb} {step.Path}");
        Try(step, action);
    }

    private static void Try(BatchStep step, Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            throw Refusal.Of(step.Path, fault);
        }
    }

    private void Stage(BatchStep step)
    {
        if (step is not (PutFile or PutLink or RemoveFile))
        {
            return;
        }
        var place = (Folder: StagingFolder(step.Path), Name: StagedName.New());
        staged[step.Path] = place;
        if (step is RemoveFile)
        {
            return;
        }
        done.Push(new($"stage {step.Path}", () => In(place.Folder, folder => folder.Remove(place.Name))) { Staged = place });
        In(place.Folder, folder =>
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
            In(step.Path.Parent, parent => parent.Adopt(target.SafeFileHandle, step.Path.Name, step.Mode));
        }
        else
        {
            folder.Adopt(target.SafeFileHandle, null, step.Mode);
        }
        if (unflushed.Count == FlushedTogether)
        {
            FlushStaged();
        }
    }

    /// <summary>Each waits for the disk, not for a processor; so they wait side by side, on threads of their own.</summary>
    private void FlushStaged()
    {
        var next = -1;
        void Work()
        {
            while (Interlocked.Increment(ref next) is var at && at < unflushed.Count)
            {
                Try(unflushed[at].Step, () =>
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

    private void Do(BatchStep step) => In(step.Path.Parent, folder =>
        {
            switch (step)
            {
                case PutFile put:
                    Put(put.Path, put.Old, folder);
                    break;
                case PutLink put:
                    Put(put.Path, put.Old, folder);
                    break;
                case RemoveFile remove:
                    Remove(remove, folder);
                    break;
                case MakeFolder make:
                    folder.MakeFolder(step.Path.Name);
                    done.Push(
                        new($"make {step.Path}", () => In(step.Path.Parent, parent => parent.RemoveFolder(step.Path.Name)))
                        {
                            IfStuck = $"The new folder {step.Path.Shown} is still there.",
                        }
                    );
                    if (make.Mode is { } bits)
                    {
                        folder.SetMode(step.Path.Name, bits);
                    }
                    break;
                case RemoveFolder:
                    DropFolder(step.Path, folder);
                    break;
                case SetMode mode when folder.Look(step.Path.Name, step.Path) is { } old:
                    folder.SetMode(step.Path.Name, mode.Mode);
                    done.Push(
                        new($"mode {step.Path}", () => In(step.Path.Parent, parent => parent.SetMode(step.Path.Name, old.Mode)))
                        {
                            IfStuck = $"{step.Path.Shown} keeps its new mode.",
                        }
                    );
                    break;
            }
        });

    private void Put(WorkspacePath path, FileFact? old, JailFolder folder)
    {
        var place = staged[path];
        if (old is null)
        {
            In(place.Folder, from => folder.Move(from, place.Name, path.Name));
            done.Push(
                new($"put {path}", () => In(path.Parent, parent => In(place.Folder, to => to.Move(parent, path.Name, place.Name))))
                {
                    IfStuck = $"The new {path.Shown} is still there.",
                }
            );
            return;
        }
        CheckStill(folder, old);
        In(place.Folder, from => folder.Swap(from, place.Name, path.Name));
        done.Push(
            new($"swap {path}", () => In(path.Parent, parent => In(place.Folder, from => parent.Swap(from, place.Name, path.Name))))
            {
                Keeps = place,
                IfStuck = $"What {path.Shown} was before lies in {Shown(place)}.",
            }
        );
        CheckMoved(place, old);
        replaced.Add(place);
    }

    private void Remove(RemoveFile step, JailFolder folder)
    {
        var place = staged[step.Path];
        CheckStill(folder, step.Old);
        In(place.Folder, to => to.Move(folder, step.Path.Name, place.Name));
        var name = step.Path.Name;
        done.Push(
            new($"remove {step.Path}", () => In(step.Path.Parent, parent => In(place.Folder, from => parent.Move(from, place.Name, name))))
            {
                Keeps = place,
                IfStuck = $"{step.Path.Shown} lies in {Shown(place)}.",
            }
        );
        CheckMoved(place, step.Old);
        replaced.Add(place);
    }

    private void DropFolder(WorkspacePath path, JailFolder parent)
    {
        if (parent.Look(path.Name, path) is not { Kind: EntryKind.Folder } old)
        {
            return;
        }
        try
        {
            parent.RemoveFolder(path.Name);
        }
        catch (IOException) when (parent.Look(path.Name, path) is not null)
        {
            return;
        }
        done.Push(new($"remove {path}", () => In(path.Parent, again =>
                {
                    again.MakeFolder(path.Name);
                    again.SetMode(path.Name, old.Mode);
                })) { IfStuck = $"The folder {path.Shown} is gone." });
    }

    /// <summary>The bytes were compared a while ago; this sees whether anybody has written since.</summary>
    private void CheckStill(JailFolder folder, FileFact old)
    {
        var now = folder.Look(old.Path.Name, old.Path);
        if (now?.Identity != old.Identity && !(touched.Contains(old.Identity) && IsSameContent(now, old)))
        {
            throw Refusal.Conflict(old.Path, "was changed by somebody else meanwhile");
        }
    }

    /// <summary>And this whether it happened between that look and the change of names (which itself touches the inode).</summary>
    private void CheckMoved((WorkspacePath Folder, string Name) place, FileFact old) => In(place.Folder, folder =>
        {
            if (!IsSameContent(folder.Look(place.Name, old.Path), old))
            {
                throw Refusal.Conflict(old.Path, "was changed by somebody else meanwhile");
            }
            touched.Add(old.Identity);
        });

    private static bool IsSameContent(FileFact? now, FileFact old) =>
        now is not null
        && now.LinkTarget == old.LinkTarget
        && (old.LinkTarget is not null || (now.Kind, now.Size, now.Changed) == (old.Kind, old.Size, old.Changed));

    private void Flush(WorkspacePath path)
    {
        atStep?.Invoke($"flush {path}");
        Quietly(() => In(path, folder => folder.Flush()));
    }

    private void Undo()
    {
        HashSet<(WorkspacePath Folder, string Name)> originals = [];
        while (done.TryPop(out var step))
        {
            atStep?.Invoke($"undo {step.What}");
            if (step.Staged is { } staged && originals.Contains(staged))
            {
                continue; // what was staged is in its place, and under the staged name is what it replaced
            }
            if (!Quietly(step.Undo) && step.IfStuck is { } sentence)
            {
                stuck.Add(sentence);
                if (step.Keeps is { } place)
                {
                    originals.Add(place);
                }
            }
        }
    }

    private static string Shown((WorkspacePath Folder, string Name) place) => place.Folder.Child(place.Name).Shown;

    private void In(WorkspacePath path, Action<JailFolder> action)
    {
        using var folder = jail.OpenFolder(path, exact: true);
        action(folder);
    }

    /// <summary>What cannot be cleared away is left under its staged name, which the walk leaves out and a restored snapshot
    /// removes.</summary>
    /// <returns>False: it failed.</returns>
    private static bool Quietly(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception fault) when (Refusal.IsSystem(fault))
        {
            return false;
        }
    }

    /// <param name="What">For tests.</param>
    private sealed record DoneStep(string What, Action Undo)
    {
        /// <summary>For the user when it cannot be taken back; null: nothing of his is affected.</summary>
        public string? IfStuck { get; init; }

        /// <summary>Where the original lies until then.</summary>
        public (WorkspacePath Folder, string Name)? Keeps { get; init; }

        /// <summary>What is taken back here is a staged file of ours.</summary>
        public (WorkspacePath Folder, string Name)? Staged { get; init; }
    }
}

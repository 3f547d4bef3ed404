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
    private readonly DoneSteps done = new(atStep);
    private readonly List<StagedPlace> replaced = [];

    /// <summary>Files whose inode this batch has changed by taking away a name: another name of the same file (a hard link) looks touched
    /// then.</summary>
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);

    /// <exception cref="WorkspaceException">conflict, path, kind or io; nothing is changed, or the message names what could not be put
    /// back and where it lies.</exception>
    public void Run(IReadOnlyList<BatchStep> steps)
    {
        var staged = new StagedFiles(jail, done, steps.OfType<RemoveFolder>().Select(step => step.Path).ToHashSet());
        try
        {
            foreach (var step in steps)
            {
                Try(step, "stage", () => staged.Stage(step));
            }
            staged.Flush();
            foreach (var step in BatchOrder.Of(steps))
            {
                Try(step, "do", () => Do(step, staged));
            }
            foreach (var folder in steps.Select(step => step.Path.Parent).Distinct())
            {
                Flush(folder);
            }
        }
        catch (Exception fault)
        {
            staged.Abandon();
            done.Undo();
            if (done.Stuck.Count == 0)
            {
                throw;
            }
            // A conflict would be planned again, on files that are not where they belong.
            throw new WorkspaceException(
                fault is WorkspaceException { Code: "path" } ? "path" : "io",
                $"{fault.Message} What had been changed by then could not all be put back: {string.Join(" ", done.Stuck)}",
                fault
            )
            {
                LeftSomething = true,
            };
        }
        atStep?.Invoke("clean");
        foreach (var (folder, name) in replaced)
        {
            Refusal.Quietly(() => jail.In(folder, open => open.Remove(name)));
        }
    }

    private void Try(BatchStep step, string phase, Action action)
    {
        atStep?.Invoke($"{phase} {step.Verb} {step.Path}");
        Refusal.Try(step, action);
    }

    private void Do(BatchStep step, StagedFiles staged) => jail.In(step.Path.Parent, folder =>
        {
            switch (step)
            {
                case PutFile put:
                    Put(put.Path, put.Old, staged.PlaceOf(put.Path), folder);
                    break;
                case PutLink put:
                    Put(put.Path, put.Old, staged.PlaceOf(put.Path), folder);
                    break;
                case RemoveFile remove:
                    Remove(remove, staged.PlaceOf(remove.Path), folder);
                    break;
                case MakeFolder make:
                    folder.MakeFolder(step.Path.Name);
                    done.Push(
                        new($"make {step.Path}", () => jail.In(step.Path.Parent, parent => parent.RemoveFolder(step.Path.Name)))
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
                        new($"mode {step.Path}", () => jail.In(step.Path.Parent, parent => parent.SetMode(step.Path.Name, old.Mode)))
                        {
                            IfStuck = $"{step.Path.Shown} keeps its new mode.",
                        }
                    );
                    break;
            }
        });

    private void Put(WorkspacePath path, FileFact? old, StagedPlace place, JailFolder folder)
    {
        if (old is null)
        {
            jail.In(place.Folder, from => folder.Move(from, place.Name, path.Name));
            done.Push(
                new($"put {path}", () =>
                    jail.In(path.Parent, parent => jail.In(place.Folder, to => to.Move(parent, path.Name, place.Name)))
                )
                {
                    IfStuck = $"The new {path.Shown} is still there.",
                }
            );
            return;
        }
        CheckStill(folder, old);
        jail.In(place.Folder, from => folder.Swap(from, place.Name, path.Name));
        done.Push(
            new($"swap {path}", () =>
                jail.In(path.Parent, parent => jail.In(place.Folder, from => parent.Swap(from, place.Name, path.Name)))
            )
            {
                Keeps = place,
                IfStuck = $"What {path.Shown} was before lies in {place.Shown}.",
            }
        );
        CheckMoved(place, old);
        replaced.Add(place);
    }

    private void Remove(RemoveFile step, StagedPlace place, JailFolder folder)
    {
        CheckStill(folder, step.Old);
        jail.In(place.Folder, to => to.Move(folder, step.Path.Name, place.Name));
        var name = step.Path.Name;
        done.Push(
            new($"remove {step.Path}", () =>
                jail.In(step.Path.Parent, parent => jail.In(place.Folder, from => parent.Move(from, place.Name, name)))
            )
            {
                Keeps = place,
                IfStuck = $"{step.Path.Shown} lies in {place.Shown}.",
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
        done.Push(new($"remove {path}", () => jail.In(path.Parent, again =>
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
    private void CheckMoved(StagedPlace place, FileFact old) => jail.In(place.Folder, folder =>
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
        Refusal.Quietly(() => jail.In(path, folder => folder.Flush()));
    }
}

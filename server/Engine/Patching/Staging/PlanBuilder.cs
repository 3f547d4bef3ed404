namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>One reply laid over the stage, block by block.</summary>
internal sealed class PlanBuilder(PatchBase workspace, PatchPlan staged, PlanOptions options)
{
    private readonly DraftSet stage = new(workspace, staged, options);
    private readonly List<FailedBlock> failures = [];
    private readonly List<string> notes = [];
    private readonly HashSet<string> done = [.. staged.Done];
    private readonly List<PatchBlock> idle = [];
    private string lastPath = "";
    private int good;

    public PatchPlan Plan(ParsedPatch parsed)
    {
        notes.AddRange(parsed.Notes);
        failures.AddRange(
            parsed.Refusals.Select(refusal => new FailedBlock(refusal with { Path = stage.Lookup.Plain(refusal.Path) }, null))
        );
        // Beside real blocks, code without a file name is prose.
        var prose =
            parsed.Blocks.Any(block => block is not WriteBlock write || (write.Path.Length > 0 && !write.Mentioned))
            || parsed.Refusals.Count > 0;
        foreach (var (block, next) in parsed.Blocks.Zip(parsed.Blocks.Skip(1).Append(null)))
        {
            Try(block, () => Take(block, next, prose));
        }
        foreach (var draft in stage.Drafts.ToList())
        {
            Flush(draft);
        }
        foreach (var (block, refused) in Moves.Settle(stage))
        {
            Fail(block, refused);
        }
        foreach (var draft in stage.Drafts)
        {
            Check(draft);
        }
        var plan = stage.Finish();
        DropEchoes(parsed);
        JudgeIdle(plan);
        foreach (var draft in stage.Drafts)
        {
            done.UnionWith(draft.Good.Select(block => BlockKey.Of(draft.Path, block)));
        }
        good += stage.Drafts.Sum(draft => draft.Good.Count);
        return new PatchPlan(plan.Changes, plan.Moves)
        {
            FailedInARow = CountFailures(),
            Failures = [.. failures.OrderBy(failure => failure.Refusal.Block)],
            Notes = [.. notes.Distinct()],
            Done = done,
            Good = good,
        };
    }

    private Dictionary<string, int> CountFailures() =>
        failures
            .Select(failure => failure.Refusal.Path)
            .Distinct()
            .ToDictionary(path => path, path => 1 + (good > 0 ? 0 : staged.FailedInARow.GetValueOrDefault(path)), StringComparer.Ordinal);

    private static bool IsNameless(PatchBlock block) => block is WriteBlock { Path.Length: 0 };

    private void Try(PatchBlock block, Action take)
    {
        try
        {
            take();
        }
        catch (RefusedException refused)
        {
            Fail(block, refused);
        }
    }

    private void Fail(PatchBlock block, RefusedException refused) =>
        failures.Add(new FailedBlock(new PatchRefusal(block.Number, stage.Lookup.Plain(block.Path), refused.Code, refused.Message), block));

    private void Take(PatchBlock block, PatchBlock? next, bool prose)
    {
        var found = BlockTarget.Resolve(ByteOrderMark.Without(block), stage, lastPath, beside: prose);
        if (prose && IsNameless(found))
        {
            return;
        }
        lastPath = found.Path;
        foreach (var one in found is WriteBlock { Path.Length: > 0 } write ? WholeText.Read(write, stage) : [found])
        {
            Lay(one, next);
        }
    }

    private void Lay(PatchBlock found, PatchBlock? next)
    {
        if (staged.Done.Contains(BlockKey.Of(found.Path, found)))
        {
            good++;
            return;
        }
        switch (found)
        {
            case WriteBlock write:
                WholeFile.CheckEnd(write, next, stage.Draft(write.Path)?.Start);
                Write(write);
                break;
            case ReplaceBlock { Search.Length: 0 } create when stage.Draft(create.Path) is not { Text: not null }:
                Write(new WriteBlock(create.Number, create.Path, create.Replace));
                break;
            case DeleteBlock or MoveBlock:
                Relocate(found);
                break;
            default:
                var draft = Existing(found);
                if (Appended.Read(found, draft.Text!) is WriteBlock whole)
                {
                    Write(whole);
                }
                else
                {
                    draft.Waiting.Add(found);
                }
                break;
        }
    }

    private void Write(WriteBlock write)
    {
        if (write.Path.Length == 0)
        {
            throw new RefusedException("malformed", "A block of code has no file. Write the file's path on the line above the block.");
        }
        var draft = stage.Draft(write.Path);
        if (draft is { Text: not null })
        {
            Flush(draft);
        }
        var named = draft?.Path ?? write.Path;
        var lines = LineText.Lines(write.Text);
        if (draft?.Start is { } old)
        {
            WholeFile.Check(write, old, lines, options);
            Set(draft, write, WholeFile.Over(old, lines, write, stage.Habits(named).End));
            return;
        }
        if (draft is null && (stage.Lookup.InOtherCase(named) ?? stage.CreatedInOtherCase(named)) is { } other)
        {
            throw new RefusedException("exists", $"{named} differs only in case from {other}, which exists; use that name or another one.");
        }
        if (EditFormat.IsExample(named))
        {
            throw BlockTarget.Unknown(named, stage);
        }
        stage.Lookup.CheckNew(named);
        WholeFile.CheckNew(write, lines);
        Set(draft ?? stage.Create(named), write, WholeFile.New(lines, write, stage.Habits(named).End, workspace.Texts.New(named)));
    }

    private void Set(Draft draft, WriteBlock write, FileText text)
    {
        if (draft.WholeSeen)
        {
            notes.Add($"{draft.Path} was sent twice as a whole; the last one counts.");
        }
        var known = (draft.Start?.Lines ?? []).ToHashSet();
        for (var i = 0; i < text.Lines.Count; i++)
        {
            if (!known.Contains(text.Lines[i]))
            {
                text.Coding.Check(draft.Path, text.Lines[i].Text, i + 1);
            }
        }
        draft.WholeSeen = true;
        if (draft.Start is not null && text.Lines.SequenceEqual(draft.Start.Lines))
        {
            idle.Add(write);
        }
        else
        {
            draft.Good.Add(write);
        }
        draft.Text = text;
    }

    private void Relocate(PatchBlock block)
    {
        var draft = Existing(block);
        Flush(draft);
        if (block is MoveBlock { To: var to })
        {
            // What is in the way must be readable, or the move is refused here.
            _ = stage.Draft(to);
            _ = stage.Lookup.InOtherCase(to) is { } other ? stage.Draft(other) : null;
        }
        if (block is DeleteBlock)
        {
            draft.Text = null;
        }
        else
        {
            draft.Move = (MoveBlock)block is var move && move.To == draft.Path ? null : move;
        }
        if (block is MoveBlock && draft.Move is null)
        {
            idle.Add(block);
        }
        else
        {
            draft.Good.Add(block);
        }
    }

    private Draft Existing(PatchBlock block) =>
        stage.Draft(block.Path) is { Text: not null } draft ? draft : throw BlockTarget.Unknown(block.Path, stage);

    private void Flush(Draft draft)
    {
        if (draft.Waiting.Count == 0)
        {
            return;
        }
        var result = PartialEdits.Apply(draft, stage);
        foreach (var (block, refused) in result.Refused)
        {
            Fail(block, refused);
        }
        idle.AddRange(result.Idle);
        notes.AddRange(result.Notes);
        draft.Good.AddRange(result.Good);
        draft.Waiting.Clear();
    }

    /// <summary>What a whole file must not become is known only when all its blocks are in.</summary>
    private void Check(Draft draft)
    {
        try
        {
            if (draft.Text is not null && !ReferenceEquals(draft.Text, draft.Start))
            {
                stage.Version(draft.Path, draft.Text);
            }
        }
        catch (RefusedException refused)
        {
            foreach (var block in draft.Good)
            {
                Fail(block, refused);
            }
            draft.Good.Clear();
            (draft.Text, draft.Move) = (draft.Start, null);
        }
    }

    /// <summary>Models repeat the example of our own prompt; beside a real block it means nothing.</summary>
    private void DropEchoes(ParsedPatch parsed)
    {
        if (parsed.Blocks.Any(block => !EditFormat.IsExample(block.Path)))
        {
            failures.RemoveAll(failure => failure.Refusal.Code is "unknown_file" && EditFormat.IsExample(failure.Refusal.Path));
        }
    }

    private void JudgeIdle(PatchPlan plan)
    {
        if (plan.Fingerprint != staged.Fingerprint)
        {
            good += idle.Count;
            return;
        }
        foreach (var block in idle)
        {
            Fail(
                block,
                new RefusedException(
                    "no_change",
                    $"The block for {block.Path} changes nothing: its text is already in the file. Send the lines as they should become."
                )
            );
        }
    }
}

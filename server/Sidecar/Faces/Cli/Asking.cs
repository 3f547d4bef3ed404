using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>Puts a run's question to the person at the terminal. No answer (end of input) means no.</summary>
internal sealed class Asking(Terminal terminal)
{
    // The question must be seen also when stdout goes to a file or belongs to --json.
    private readonly Lazy<Screen> screen = new(() => terminal.OutIsTerminal ? terminal.OutScreen : terminal.ErrorScreen);

    public async Task<Answer> AskAsync(PermissionAsked question, PatchProposed? patch, CancellationToken cancellationToken)
    {
        if (!terminal.CanAsk)
        {
            terminal.Tell(
                question.GoesOn is true
                    ? $"Nobody can be asked here, so the run goes on: {question.Question} ({question.Reason.TrimEnd('.')})"
                    : $"Not allowed, since nobody can be asked here: {question.Question} (run it in a terminal, or use --review auto and "
                        + $"a level that allows it)"
            );
            return new Answer(false, AnsweredBy.Face);
        }
        if (question.Subject == AskSubject.Patch && patch is not null)
        {
            return await AskHunksAsync(patch, cancellationToken);
        }
        var key = await KeyAsync($"{question.Question} [y/n] ", "yn", cancellationToken);
        return new Answer(key == 'y', AnsweredBy.User);
    }

    /// <summary>As <c>git add -p</c> asks: y this one, n not this one, a this and all others, d neither this nor any other.</summary>
    private async Task<Answer> AskHunksAsync(PatchProposed patch, CancellationToken cancellationToken)
    {
        var all = patch.Files.SelectMany(file => file.Hunks.Select(hunk => (File: file, Hunk: hunk))).ToList();
        if (all.Count == 0)
        {
            return new Answer(await KeyAsync("Apply this patch? [y/n] ", "yn", cancellationToken) == 'y', AnsweredBy.User);
        }
        var decisions = new List<HunkDecision>();
        bool? rest = null;
        foreach (var (file, hunk) in all)
        {
            if (rest is null)
            {
                screen.Value.Draw(DiffDrawing.OneHunk(file, hunk));
                var key = await KeyAsync(
                    $"Apply hunk {decisions.Count + 1} of {all.Count}? [y = yes, n = no, a = all from here, d = none from here] ",
                    "ynad",
                    cancellationToken
                );
                rest = key switch
                {
                    'a' => true,
                    'd' => false,
                    _ => null,
                };
                decisions.Add(new HunkDecision(hunk.HunkId, key is 'y' or 'a'));
            }
            else
            {
                decisions.Add(new HunkDecision(hunk.HunkId, rest.Value));
            }
        }
        return new Answer(decisions.Exists(decision => decision.Accept), AnsweredBy.User, decisions);
    }

    /// <summary>The last key stands for "no" and is also what the end of input means.</summary>
    private async Task<char> KeyAsync(string prompt, string keys, CancellationToken cancellationToken)
    {
        while (true)
        {
            (terminal.OutIsTerminal ? terminal.Out : terminal.Error).Write(Harmless.Line(prompt));
            // A read of the terminal cannot be taken back; Ctrl+C leaves it behind on its own thread.
            var line = await Task.Run(terminal.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
            if (line is null)
            {
                return keys[^1];
            }
            if (line.Trim().ToLowerInvariant() is [var key, ..] && keys.Contains(key))
            {
                return key;
            }
        }
    }
}

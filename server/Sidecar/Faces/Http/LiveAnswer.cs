using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Http;

/// <summary>An answer while it comes to be: one writer, any number of readers, each from the first piece on.</summary>
internal sealed class LiveAnswer
{
    /// <summary>Progress beyond this is not kept; the run's event log has all of it.</summary>
    private const int MostChars = 1 << 20;

    private readonly Lock gate = new();
    private readonly List<AnswerPiece> pieces = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int chars;

    public bool IsEnded { get; private set; }

    public void Add(AnswerPiece piece)
    {
        lock (gate)
        {
            if (IsEnded || (piece.Kind is AnswerPieceKind.Progress && chars > MostChars))
            {
                return;
            }
            chars += piece.Text.Length;
            pieces.Add(piece);
            IsEnded = piece.Kind is AnswerPieceKind.End;
            changed.SetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The border of whatever fills an answer: it has an end in any case, so that nobody waits for ever.</summary>
    /// <param name="log">Hears our own faults.</param>
    public async Task FillAsync(Func<Task> work, Func<string, string> log)
    {
        try
        {
            await work();
        }
        catch (UsageException refused)
        {
            Add(new(AnswerPieceKind.Error, refused.Message, "not_started"));
        }
        catch (OperationCanceledException)
        {
            // Who cancelled has gone, or says so himself.
        }
        catch (Exception fault)
        {
            Add(new(AnswerPieceKind.Error, "Something went wrong inside Codex Sidecar; it is in the log of the state folder.", "failed"));
            log(fault.ToString());
        }
        finally
        {
            Add(new(AnswerPieceKind.End));
        }
    }

    /// <returns>The piece at this place; null: nothing came for so long.</returns>
    public async Task<AnswerPiece?> AtAsync(int index, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (index < pieces.Count)
                {
                    return pieces[index];
                }
                next = changed.Task;
            }
            try
            {
                await next.WaitAsync(patience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }
}

using System.Collections.Concurrent;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Runs;

/// <summary>Questions to the user that wait for an answer, and the answers that hold for the whole session.</summary>
internal sealed class Questions
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Answer>> open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(AskSubject Subject, string Kinds, string Question), bool> remembered = new();
    private int asked;

    /// <summary>The event goes out, the run waits, the answer is an event too.</summary>
    public async Task<Answer> AskAsync(PermissionAsked question, Action<RunEvent> emit, CancellationToken cancellationToken)
    {
        // A command may read like the question about a file: the kinds are part of what was answered.
        var kinds = string.Join(' ', (question.Actions ?? []).Select(action => Wire.Name(action.Kind)));
        var same = (question.Subject, kinds, question.Question);
        if (question.Subject is not AskSubject.Patch && remembered.TryGetValue(same, out var always))
        {
            return new(always, AnsweredBy.Rule);
        }
        question = question with { AskId = $"{question.AskId}-{Interlocked.Increment(ref asked)}" };
        var answered = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        open[question.AskId] = answered;
        try
        {
            emit(question);
            var answer = await answered.Task.WaitAsync(cancellationToken);
            emit(new PermissionAnswered(question.AskId, answer.Allowed, answer.By));
            if (answer.ForSession)
            {
                remembered[same] = answer.Allowed;
            }
            return answer;
        }
        finally
        {
            open.TryRemove(question.AskId, out _);
        }
    }

    public void Answer(string askId, Answer answer)
    {
        if (open.TryGetValue(askId, out var waiting))
        {
            waiting.TrySetResult(answer);
        }
    }
}

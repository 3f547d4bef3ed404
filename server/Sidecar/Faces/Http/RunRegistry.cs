using System.Security.Cryptography;
using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Http;

/// <summary>One task, one run, however often a client repeats its request: clients send the same one again up to 33 times after a cut
/// connection.</summary>
internal sealed class RunRegistry(HttpOrder order, SidecarHome home, TimeProvider time, Func<string, string> log) : IAsyncDisposable
{
    private const int MostRuns = 32;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15),
        MostEnding = TimeSpan.FromSeconds(4);
    private readonly Dictionary<string, LiveRun> runs = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private bool closed;

    /// <param name="sessionId">Of the conversation; null: a new one.</param>
    /// <param name="isRetry">The client says that it repeats itself.</param>
    /// <exception cref="HttpError">The server is ending, or too many tasks wait.</exception>
    /// <param name="notice">The first line of progress of a new run.</param>
    public LiveRun Join(string key, RunRequest request, string? sessionId, bool isRetry, string? notice = null)
    {
        lock (gate)
        {
            Tidy();
            if (runs.TryGetValue(key, out var known) && known.IsAbandoned)
            {
                // Its end is no answer to whoever asks now.
                runs.Remove(key);
                runs[Guid.NewGuid().ToString("n")] = known;
            }
            else if (known is not null && (!known.Answer.IsEnded || !known.IsDelivered || isRetry))
            {
                return known;
            }
            if (closed || runs.Count >= MostRuns)
            {
                throw new HttpError(
                    400,
                    closed ? "ending" : "too_many",
                    closed ? "The server is ending." : $"{MostRuns} tasks are waiting or working already."
                );
            }
            var run = new LiveRun(home, request, sessionId, order.Allow, time, log);
            runs[key] = run;
            if (notice is not null)
            {
                run.Answer.Add(new(AnswerPieceKind.Progress, notice));
            }
            run.Start();
            return run;
        }
    }

    /// <summary>Null: no such run of this process.</summary>
    public LiveRun? Find(string runId)
    {
        lock (gate)
        {
            return runs.Values.FirstOrDefault(run => run.RunId == runId);
        }
    }

    /// <summary>Of what makes two requests the same task; how the answer is to be sent is no part of it.</summary>
    public static string Key(ChatRequest chat, RunSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (
            var part in (IEnumerable<string>)
                [
                    chat.Model,
                    settings.Workspace,
                    settings.Level.ToString(),
                    .. chat.Turns.SelectMany(turn => new[] { turn.Role, turn.Text }),
                ]
        )
        {
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(part));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Cancels all; their answers have their last words when it returns, or four seconds have passed.</summary>
    public async Task EndAsync()
    {
        LiveRun[] all;
        lock (gate)
        {
            closed = true;
            all = [.. runs.Values];
        }
        foreach (var run in all)
        {
            run.Cancel();
        }
        await Task.WhenAny(Task.WhenAll(all.Select(run => run.Work)), Task.Delay(MostEnding, time));
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    private void Tidy()
    {
        var now = time.GetUtcNow();
        var ended = runs.Where(run => run.Value.Answer.IsEnded).OrderBy(run => run.Value.EndedAt).ToList();
        var surplus = Math.Max(0, runs.Count - MostRuns + 1);
        foreach (var (key, run) in ended.Where((run, at) => at < surplus || now - run.Value.EndedAt > Kept))
        {
            runs.Remove(key);
            run.Dispose();
        }
    }
}

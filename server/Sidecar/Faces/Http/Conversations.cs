using System.Security.Cryptography;
using System.Text;

namespace CodexSidecar.Faces.Http;

/// <summary>Which session a conversation goes on in. Clients have no id for it: they send all of it again with each message, so its words
/// are the id.</summary>
internal sealed class Conversations
{
    private const int Most = 256;

    private readonly Dictionary<string, string> sessions = new(StringComparer.Ordinal);
    private readonly Queue<string> oldest = new();
    private readonly Lock gate = new();

    /// <summary>Null: it begins here, was edited, or was led with somebody else.</summary>
    public string? SessionOf(ChatRequest request)
    {
        lock (gate)
        {
            return sessions.GetValueOrDefault(Key(Before(request)));
        }
    }

    /// <param name="answer">What this client was given: it comes back with the next message.</param>
    /// <param name="sessionId">Null: none was opened.</param>
    public void Keep(ChatRequest request, string answer, string? sessionId)
    {
        if (sessionId is null)
        {
            return;
        }
        var key = Key([.. Before(request), request.LastUser, new("assistant", answer)]);
        lock (gate)
        {
            if (sessions.TryAdd(key, sessionId))
            {
                oldest.Enqueue(key);
            }
            if (oldest.Count > Most)
            {
                sessions.Remove(oldest.Dequeue());
            }
        }
    }

    private static IEnumerable<ChatTurn> Before(ChatRequest request) =>
        request.Turns.TakeWhile(turn => !ReferenceEquals(turn, request.LastUser));

    /// <summary>Of what was said. System prompts change with the time of day, blanks with the client.</summary>
    private static string Key(IEnumerable<ChatTurn> turns)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var turn in turns.Where(turn => turn.Role is "user" or "assistant"))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{turn.Role}\0{turn.Text.Trim()}\0"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

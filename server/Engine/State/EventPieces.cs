using System.Text;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.State;

/// <summary>Pieces of a streamed text that have not been written yet, as the one event they become.</summary>
internal sealed class EventPieces
{
    private readonly StringBuilder text = new();
    private RunEvent? first;

    /// <summary>Null: there are none.</summary>
    public RunEvent? Whole =>
        first switch
        {
            MessageAdded message => message with { Text = text.ToString() },
            ThoughtAdded thought => thought with { Text = text.ToString() },
            TestsOutput output => output with { Text = text.ToString() },
            var other => other,
        };

    /// <returns>False: it is no piece of a text.</returns>
    public bool TryBegin(RunEvent happened)
    {
        if (TextOf(happened) is not { } begun)
        {
            return false;
        }
        first = happened;
        text.Append(begun);
        return true;
    }

    /// <returns>False: it does not belong behind the pieces that are here.</returns>
    public bool TryAdd(RunEvent happened)
    {
        var belongs = (first, happened) switch
        {
            (MessageAdded a, MessageAdded b) => a.MessageId == b.MessageId,
            (ThoughtAdded a, ThoughtAdded b) => a.MessageId == b.MessageId,
            (TestsOutput a, TestsOutput b) => a.Attempt == b.Attempt,
            _ => false,
        };
        if (belongs)
        {
            text.Append(TextOf(happened));
        }
        return belongs;
    }

    public void Clear()
    {
        text.Clear();
        first = null;
    }

    /// <summary>
    /// Comes from a thread that reads a process or a server, or from a timer's; nobody there could do anything about a full disk.
    /// </summary>
    public static bool ComesByItself(RunEvent happened) => happened is ModelProgressed || TextOf(happened) is not null;

    private static string? TextOf(RunEvent happened) =>
        happened switch
        {
            MessageAdded message => message.Text,
            ThoughtAdded thought => thought.Text,
            TestsOutput output => output.Text,
            _ => null,
        };
}

using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Acp;

/// <summary>The slash commands: answered from what is stored, without a run.</summary>
internal static class AcpCommands
{
    public static string Undo(Session session)
    {
        try
        {
            return session.UndoLast()?.Message ?? "There is no run to undo in this session.";
        }
        catch (UsageException refused) when (refused is not BusyException)
        {
            return refused.Message;
        }
    }

    public static string Votes(Session session)
    {
        var events = session.Events().Select(envelope => envelope.Event).ToList();
        var opened = events.FindLastIndex(happened => happened is ConsiliumOpened);
        if (opened < 0)
        {
            return "There was no vote in this session.";
        }
        var since = events.Skip(opened).TakeWhile(happened => happened is not RunFinished).ToList();
        return AcpWords.Votes(since.OfType<VoteCast>().Select(cast => cast.Vote), since.OfType<VotesTallied>().FirstOrDefault());
    }
}

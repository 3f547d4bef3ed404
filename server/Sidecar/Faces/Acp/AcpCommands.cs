using CodexSidecar.Contracts;
using CodexSidecar.Engine.Sessions;

namespace CodexSidecar.Faces.Acp;

/// <summary>The slash commands: answered from what is stored, without a run.</summary>
internal static class AcpCommands
{
    public static string Undo(Session session, RunStore runs)
    {
        if (session.Events().LastOrDefault(envelope => envelope.Event is RunStarted) is not { } last || runs.Find(last.RunId) is not { } run)
            return "There is no run to undo in this session.";
        return runs.Undo(run).Message;
    }

    public static string Votes(Session session)
    {
        var events = session.Events().Select(envelope => envelope.Event).ToList();
        var opened = events.FindLastIndex(happened => happened is ConsiliumOpened);
        if (opened < 0)
            return "There was no vote in this session.";
        var since = events.Skip(opened).TakeWhile(happened => happened is not RunFinished).ToList();
        return AcpWords.Votes(since.OfType<VoteCast>().Select(cast => cast.Vote), since.OfType<VotesTallied>().FirstOrDefault());
    }
}

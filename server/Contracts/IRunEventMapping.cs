namespace CodexSidecar.Contracts;

/// <summary>What becomes of each event, for whoever has an answer to every one of them: an event that a face forgets does not
/// compile.</summary>
public interface IRunEventMapping<out T>
{
    T Map(RunStarted fact);
    T Map(StageStarted fact);
    T Map(StageFinished fact);
    T Map(MessageAdded fact);
    T Map(ThoughtAdded fact);
    T Map(ToolStarted fact);
    T Map(ToolFinished fact);
    T Map(ModelProgressed fact);
    T Map(PlanProposed fact);
    T Map(ConsiliumOpened fact);
    T Map(VoteCast fact);
    T Map(VotesTallied fact);
    T Map(Overruled fact);
    T Map(PatchProposed fact);
    T Map(PermissionAsked fact);
    T Map(PermissionAnswered fact);
    T Map(HunksDecided fact);
    T Map(SnapshotTaken fact);
    T Map(PatchApplied fact);
    T Map(PatchFailed fact);
    T Map(TestsStarted fact);
    T Map(TestsOutput fact);
    T Map(TestsFinished fact);
    T Map(RolledBack fact);
    T Map(Committed fact);
    T Map(UsageCounted fact);
    T Map(NoticeRaised fact);
    T Map(TrackRecordUpdated fact);
    T Map(ReportWritten fact);
    T Map(RunFinished fact);
}

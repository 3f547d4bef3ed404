namespace CodexSidecar.Engine.Sessions;

/// <param name="State"><c>ok</c>, <c>warning</c> or <c>problem</c>.</param>
/// <param name="Fix">What to do about it; null when nothing needs doing.</param>
public sealed record DoctorFinding(string Area, string State, string Text, string? Fix);

/// <summary>Looks at everything a run needs and says what it found; changes nothing.</summary>
public static class Doctor
{
    public static Task<IReadOnlyList<DoctorFinding>> ExamineAsync(SidecarHome home, RunSettings settings, CancellationToken cancellationToken) => throw new NotImplementedException();
}

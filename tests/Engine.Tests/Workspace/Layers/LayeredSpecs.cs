using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace.Layers;

/// <summary>Everything a jail has to hold, where all of it lies in the upper layer.</summary>
public sealed class UpperApplySpecs() : ApplySpecs(OverNothing.Open);

public sealed class UpperWalkSpecs() : WalkSpecs(OverNothing.Open);

/// <summary>And where nothing has been changed yet.</summary>
public sealed class LowerReadingSpecs() : ReadingSpecs(OverNothing.OpenBelow);

public sealed class LowerWalkSpecs() : WalkSpecs(OverNothing.OpenBelow);

internal static class OverNothing
{
    public static Jail Open(string folder) => new LayeredJail(LinuxJail.TryOpen(Empty(folder))!, LinuxJail.TryOpen(folder)!);

    public static Jail OpenBelow(string folder) => new LayeredJail(LinuxJail.TryOpen(folder)!, LinuxJail.TryOpen(Empty(folder))!);

    private static string Empty(string folder) => Directory.CreateDirectory(Path.Join(Path.GetDirectoryName(folder)!, "empty")).FullName;
}

namespace CodexSidecar.Engine.Patching.Staging;

internal static class FileHabits
{
    /// <summary>How wide a tab counts where nothing says otherwise.</summary>
    public const int TabWidth = 4;
}

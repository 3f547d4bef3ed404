namespace CodexSidecar.Engine.Workspace;

/// <summary>What the system said, as the one sentence a model or a user can use.</summary>
internal static class Refusal
{
    public static WorkspaceException Of(WorkspacePath path, Exception fault) =>
        fault switch
        {
            WorkspaceException known => known,
            CallFailed { Error: LinuxCalls.Missing or LinuxCalls.NotFolder } or FileNotFoundException or DirectoryNotFoundException =>
                Missing(path),
            CallFailed { Error: LinuxCalls.OtherDevice or LinuxCalls.Loop } => new(
                "path",
                $"{path.Shown} is refused: a link on the way leads out of the workspace, or in a circle."
            ),
            CallFailed { Error: LinuxCalls.IsFolder } => new("kind", $"{path.Shown} is a folder."),
            CallFailed { Error: LinuxCalls.NoDevice } => new("kind", $"{path.Shown} is no regular file."),
            CallFailed { Error: LinuxCalls.Denied or LinuxCalls.NotPermitted } or UnauthorizedAccessException => new(
                "io",
                $"{path.Shown} cannot be opened: this user may not."
            ),
            CallFailed { Error: LinuxCalls.Exists } => new("conflict", $"{path.Shown} exists already."),
            _ => new("io", $"{path.Shown}: {fault.Message}", fault),
        };

    public static WorkspaceException Missing(WorkspacePath path) => new("missing", $"{path.Shown} does not exist.");

    public static WorkspaceException Conflict(WorkspacePath path, string why) => new("conflict", $"{path.Shown} {why}.");

    /// <summary>Tries what may fail without harm.</summary>
    /// <returns>False: the system refused it.</returns>
    public static bool Quietly(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception fault) when (IsSystem(fault))
        {
            return false;
        }
    }

    /// <summary>What a step of a batch throws names its path.</summary>
    public static void Try(BatchStep step, Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (IsSystem(fault))
        {
            throw Of(step.Path, fault);
        }
    }

    /// <summary>What the jail throws when the system refuses; all else is our own fault and goes up as it is.</summary>
    public static bool IsSystem(Exception fault) => fault is IOException or UnauthorizedAccessException;
}

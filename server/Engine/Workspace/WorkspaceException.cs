namespace CodexSidecar.Engine.Workspace;

/// <summary>A file of the workspace cannot be read or written as asked. The message is one sentence for the model and the user, with the
/// relative path.</summary>
/// <param name="code"><c>path</c> (refused by the jail), <c>missing</c>, <c>kind</c> (a folder, a device, binary), <c>size</c>,
/// <c>conflict</c> (not the bytes that were expected) or <c>io</c>.</param>
/// <param name="cause">What the system said, where that was it.</param>
internal sealed class WorkspaceException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    public string Code => code;

    /// <summary>Of a batch: something was changed and could not be put back. Else nothing is changed.</summary>
    public bool LeftSomething { get; init; }
}

namespace CodexSidecar.Engine.Processes;

/// <summary>The backend a command runs on; its name in lower case is what reports and the audit log say.</summary>
internal enum SandboxKind
{
    None,
    Bubblewrap,
    Landlock,
    Seatbelt,
}

using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>What the policy says to an action. In order of strictness: the strictest of several is their maximum.</summary>
[JsonConverter(typeof(SnakeCaseEnum<Permission>))]
public enum Permission
{
    Allow,
    Ask,
    Deny,
}

/// <summary>How a tool call ended, for those who must tell a no from a mistake.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ToolEnd>))]
public enum ToolEnd
{
    Done,
    Failed,
    Refused,

    /// <summary>The input is none of this tool.</summary>
    NotUsable,
}

/// <summary>What became of a patch that a person handed in.</summary>
[JsonConverter(typeof(SnakeCaseEnum<PatchEnd>))]
public enum PatchEnd
{
    Applied,

    /// <summary>A dry run: nothing was written.</summary>
    WouldApply,

    /// <summary>Nothing was written.</summary>
    Refused,
}

/// <summary>Where a stored run stands.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RunStatus>))]
public enum RunStatus
{
    Running,
    Finished,

    /// <summary>Its program was killed; an undo restores the files.</summary>
    Unfinished,
    Undone,
}

/// <summary>How something that a run needs was found.</summary>
[JsonConverter(typeof(SnakeCaseEnum<FindingState>))]
public enum FindingState
{
    Ok,
    Warning,
    Problem,
}

/// <summary>What keeps the user's folder as it is while a run or a command works; the best one first.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ShadowRung>))]
public enum ShadowRung
{
    /// <summary>The system lays a folder of changes over the workspace.</summary>
    Overlay,

    /// <summary>A copy of the workspace.</summary>
    Clone,

    /// <summary>Nothing: in the workspace itself, with a snapshot as the way back.</summary>
    Place,
}

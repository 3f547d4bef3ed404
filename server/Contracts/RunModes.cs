using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary><c>Full</c>: six roles vote. <c>Auto</c>: one, three or six by the plan's risk. <c>Off</c>: nobody votes.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ConsiliumSize>))]
public enum ConsiliumSize
{
    Full,
    Auto,
    Off,
}

/// <summary><c>Ask</c>: the user decides hunk by hunk before anything is written. <c>Auto</c>: what the level allows is applied.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ReviewMode>))]
public enum ReviewMode
{
    Ask,
    Auto,
}

[JsonConverter(typeof(SnakeCaseEnum<CommitMode>))]
public enum CommitMode
{
    Never,
    Ask,
    Auto,
}

/// <summary>Whether Security, QA and Reviewer look at the change after the tests are green. <c>Risk</c>: when the plan was risky.</summary>
[JsonConverter(typeof(SnakeCaseEnum<DiffBallot>))]
public enum DiffBallot
{
    Off,
    Risk,
    On,
}

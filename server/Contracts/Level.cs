using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>How much the agent may do alone. The number is the one people type: <c>--level 2</c>.</summary>
[JsonConverter(typeof(SnakeCaseEnum<Level>))]
public enum Level
{
    ReadOnly = 0,
    SafeWrite = 1,
    RunTests = 2,
    GitCommit = 3,
    ExtendedShell = 4,
}

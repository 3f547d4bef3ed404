using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>Every enum on the wire is its name in snake_case; numbers are refused.</summary>
public sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

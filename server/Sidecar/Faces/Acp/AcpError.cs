namespace CodexSidecar.Faces.Acp;

/// <summary>A request that is refused. The message on the wire belongs to the code, so that no internal text can leak; <see cref="Kind"/>
/// tells programs which case it is.</summary>
internal sealed class AcpError(int code, string? kind = null, string? path = null) : Exception(MessageOf(code))
{
    public const int ParseError = -32700,
        InvalidRequest = -32600,
        UnknownMethod = -32601,
        InvalidParams = -32602,
        Internal = -32603,
        Cancelled = -32800,
        NotFound = -32002;

    public int Code { get; } = code;
    public string? Kind { get; } = kind;

    /// <summary>Where in the params, as <c>$.modeId</c>.</summary>
    public string? ParamPath { get; } = path;

    public static string MessageOf(int code) =>
        code switch
        {
            ParseError => "Parse error",
            InvalidRequest => "Invalid request",
            UnknownMethod => "Method not found",
            InvalidParams => "Invalid params",
            Cancelled => "Request cancelled",
            NotFound => "Resource not found",
            _ => "Internal error",
        };
}

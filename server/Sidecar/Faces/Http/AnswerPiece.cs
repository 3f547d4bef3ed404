namespace CodexSidecar.Faces.Http;

internal enum AnswerPieceKind
{
    Progress,
    Content,
    Error,
    End,
}

/// <summary>A piece of an answer: a line of progress, the text itself, a failure, or the end.</summary>
/// <param name="Code">Of an error.</param>
internal sealed record AnswerPiece(AnswerPieceKind Kind, string Text = "", string? Code = null)
{
    /// <summary>Of a report: it without the patch, for who wants fewer tokens. Half a patch helps nobody.</summary>
    public string? Short { get; init; }

    /// <summary>Of an end: why, in OpenAI's words.</summary>
    public string Finish { get; init; } = "stop";

    /// <summary>Of an end: what the user's server counted; null: nobody did.</summary>
    public ChatUsage? Usage { get; init; }
}

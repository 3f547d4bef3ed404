namespace CodexSidecar.Engine.Models;

/// <summary>
/// What went wrong on the wire. <c>Refused</c>: no connection. <c>Lost</c>: the connection broke. <c>Stalled</c>: no byte in time.
/// <c>Hung</c>: no byte in time, and no answer to anything else either. <c>Status</c>: an HTTP error, or an error in a reply that began
/// well and names the status it stands for. <c>Error</c>: one that names none. <c>Rubbish</c>: not the protocol.
/// </summary>
internal enum WireFault
{
    Refused,
    Lost,
    Stalled,
    Hung,
    Status,
    Error,
    Rubbish,
    TooLong,
}

/// <summary>
/// One failed request, before anybody has decided whether to try again. Never leaves this room: the user gets a
/// <see cref="ModelException"/>.
/// </summary>
/// <param name="text">The server's words, or ours where the server said nothing.</param>
/// <param name="raw">All of the error's body: some servers put the numbers beside the sentence.</param>
internal sealed class WireException(WireFault fault, string text, int? status = null, TimeSpan? retryAfter = null, string raw = "")
    : Exception(text)
{
    /// <summary>An error inside a reply that began with 200; what it stands for counts, as if it were the reply's own status.</summary>
    public WireException(WireError error)
        : this(error.Status is null ? WireFault.Error : WireFault.Status, error.Text, error.Status, null, error.Raw) => Name = error.Name;

    public WireFault Fault => fault;
    public int? Status => status;
    public TimeSpan? RetryAfter => retryAfter;
    public string Raw => raw;

    /// <summary>The server's code and type of the error, where they are words.</summary>
    public string Name { get; init; } = "";

    /// <summary>The prompt may have been too long for it; see <see cref="ServerWords.IsCrowded"/>.</summary>
    public bool PerhapsTooLong { get; init; }
}

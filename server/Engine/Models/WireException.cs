namespace CodexSidecar.Engine.Models;

/// <summary>
/// What went wrong on the wire. <c>Refused</c>: no connection. <c>Lost</c>: the connection broke. <c>Stalled</c>: no byte in time.
/// <c>Status</c>: an HTTP error.
/// <c>Error</c>: an error object in a reply that began well. <c>Rubbish</c>: not the protocol.
/// </summary>
internal enum WireFault
{
    Refused,
    Lost,
    Stalled,
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
    public WireFault Fault => fault;
    public int? Status => status;
    public TimeSpan? RetryAfter => retryAfter;
    public string Raw => raw;
}

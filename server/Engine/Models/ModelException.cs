namespace CodexSidecar.Engine.Models;

/// <summary>
/// Why no usable reply came. <c>Unreachable</c>, <c>Timeout</c>, <c>NoModel</c>, <c>Refused</c> (401, 404, other 4xx), <c>Broken</c>
/// (rubbish, 5xx to the end) end a run as model_unavailable with the name as detail.
/// </summary>
internal enum ModelFault
{
    Unreachable,
    Timeout,
    NoModel,
    Refused,
    Broken,
    Context,
    Repetition,
    TooLong,
}

/// <summary>The message is for the user: what happened, the URL, what to do.</summary>
/// <param name="cure">What to do, where it is a sentence of its own; the last one of the message.</param>
internal sealed class ModelException(ModelFault fault, string message, string? cure = null)
    : Exception(cure is null ? message : $"{message} {cure}")
{
    public ModelFault Fault => fault;

    /// <summary>What happened, without what to do.</summary>
    public string What => message;
    public string? Cure => cure;
}

/// <summary>A replayed run asks for something else than was recorded. The message names the purpose and the first difference.</summary>
internal sealed class CassetteMismatchException(string message) : Exception(message);

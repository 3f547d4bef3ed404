using CodexSidecar.Engine.Policy;

namespace CodexSidecar.Engine.Models;

/// <summary>A failure of the wire as a sentence for the user: what happened, at which URL, what to do.</summary>
internal static class FaultWords
{
    private const int LongestQuote = 300;

    /// <param name="once">It was not repeated.</param>
    public static ModelException Explain(WireException failure, Endpoint endpoint, bool once = false)
    {
        var (url, said) = (endpoint.Address, Short(failure, endpoint));
        if (failure.PerhapsTooLong)
        {
            return new(
                ModelFault.Context,
                $"{url} failed each time ({said}). The prompt may be too long for {endpoint.Model}, or others need the room: look at the "
                    + "server's log, or start the server with a larger context."
            );
        }
        if (ServerWords.IsOverflow(failure))
        {
            return new(
                ModelFault.Context,
                $"The prompt does not fit the context window of {endpoint.Model} at {url}: {said}. "
                    + "Start the server with a larger context."
            );
        }
        if (ServerWords.IsLoading(failure))
        {
            return new(ModelFault.Timeout, $"{url} was still loading {endpoint.Model} after 2 minutes. Try again when it is ready.");
        }
        return failure.Fault switch
        {
            WireFault.Refused => new(
                ModelFault.Unreachable,
                $"No model server answers at {url} ({said}). Start it, or give another address with --base-url or CODEX_SIDECAR_BASE_URL."
            ),
            WireFault.Stalled => new(
                ModelFault.Timeout,
                $"{endpoint.Model} at {url} stopped answering: {said}. Look whether the server is overloaded or hangs."
            ),
            WireFault.Hung => new(
                ModelFault.Timeout,
                $"{endpoint.Model} at {url} stopped answering: {said}. The server hangs or was stopped; start it again."
            ),
            WireFault.TooLong => new(ModelFault.TooLong, $"The reply of {endpoint.Model} at {url} was cut off: {said}."),
            WireFault.Lost => new(
                ModelFault.Broken,
                $"{url} broke the connection {(once ? "in the middle of the reply" : "again and again")}: {said}. "
                    + "Look at the server's log."
            ),
            WireFault.Status or WireFault.Error when ServerWords.IsBusy(failure) => new(
                ModelFault.Broken,
                $"{url} is busy with other work ({said}) and had no room for this question in all the time. Try again later."
            ),
            WireFault.Status or WireFault.Error when ServerWords.IsOwnWords(failure) => new(
                ModelFault.Broken,
                $"{url} could not read what {endpoint.Model} wrote, whatever was asked for ({said}). Look at the chat template and the "
                    + "tool parser of the server."
            ),
            WireFault.Status or WireFault.Error when ServerWords.IsCrowded(failure) => new(
                ModelFault.Broken,
                $"{url} failed each time ({said}). Look at the server's log, and whether others use it."
            ),
            WireFault.Status when Retries.LoadFailed(failure) => new(
                ModelFault.Broken,
                $"{url} could not load {endpoint.Model} ({said}). Look whether it fits into memory beside what else is loaded."
            ),
            WireFault.Status => Refusal(failure.Status ?? 0, endpoint, said),
            _ => new(ModelFault.Broken, $"{url} sent no usable reply: {said}. Look at the server's log."),
        };
    }

    /// <summary>A model that does not come out of one sentence.</summary>
    public static string Circles(Endpoint endpoint, string repeated) =>
        $"{endpoint.Model} at {endpoint.Address} repeats itself and was stopped: \"{repeated[..Math.Min(60, repeated.Length)].Trim()}\".";

    private static ModelException Refusal(int status, Endpoint endpoint, string said) =>
        status switch
        {
            401 or 403 => new(
                ModelFault.Refused,
                $"{endpoint.Address} wants {(endpoint.HasKey ? "another" : "a")} key ({said}). {endpoint.KeyAdvice}"
            ),
            404 => new(
                ModelFault.Refused,
                $"{endpoint.Address} does not know the model {endpoint.Model} or the path ({said}). "
                    + "Give a model it has with --model, or look at the address."
            ),
            >= 300 and < 400 => new(
                ModelFault.Refused,
                $"{endpoint.Address} redirects to another place ({said}), which is not followed. Give the address itself with --base-url."
            ),
            429 => new(ModelFault.Broken, $"{endpoint.Address} is too busy ({said}). Try again later."),
            408 or 425 or >= 500 => new(ModelFault.Broken, $"{endpoint.Address} failed each time ({said}). Look at the server's log."),
            _ => new(ModelFault.Refused, $"{endpoint.Address} refuses the request ({said})."),
        };

    /// <summary>Servers like to repeat the key they were sent.</summary>
    public static string Short(Exception failure, Endpoint endpoint)
    {
        var text = string.Join(' ', failure.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text = endpoint.Key.Length > 0 ? text.Replace(endpoint.Key, "[redacted:key]", StringComparison.Ordinal) : text;
        text = Secrets.Redact(text).TrimEnd('.');
        text = text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
        return failure is WireException { Status: { } status }
            ? text.Length == 0
                ? $"{status}"
                : $"{status}: {text}"
            : text;
    }
}

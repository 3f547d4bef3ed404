using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

internal static partial class QuirkRows
{
    private const string Line = "This is one and the same line of more than forty characters.\n";

    /// <summary>Replies that end too early or not at all.</summary>
    public static readonly IReadOnlyList<QuirkRow> Ends =
    [
        Once("a cut reply is said to be whole", "Carry out the plan", new() { Text = "double.js\n```\nexport const double = (n) =>" }),
        Once(
            "the finish of a cut reply is called max_tokens",
            "Carry out the plan",
            new() { Text = "double.js\n```\nexport const double = (n) =>", Finish = "max_tokens" }
        ),
        Once(
            "a reply turns in circles once",
            "Carry out the plan",
            new()
            {
                Text = Line,
                Repeat = 500,
                Hang = true,
            }
        ),
        QuirkRow.Chat("replies turn in circles", reply => reply with { Text = Line, Repeat = 500, Hang = true }) with
        {
            Stop = StopReason.Loop,
            Detail = "stream",
            Says = "repeats itself",
        },
        QuirkRow.Chat("a line never ends", reply => reply with { Body = $"data: {new string('x', 3 << 20)}" }) with
        {
            Stop = StopReason.Loop,
            Detail = "stream",
            Says = "longer than",
        },
        Once("the connection is torn before the text", "Plan the change", new() { Text = "STEP", CutAfter = 0 }),
        Once(
            "the connection is torn in the text",
            "Plan the change",
            new()
            {
                Text = "STEP: Correct other.js",
                Pieces = 4,
                CutAfter = 700,
            }
        ) with
        {
            Says = "The reply broke off",
        },
        QuirkRow.Chat("the connection is torn each time", reply => reply with { CutAfter = 0 }) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "broken",
            Says = "again and again",
        },
        QuirkRow.Chat("thinking takes the whole reply", reply => reply with { Text = "<think>Which file could it be, I ask myself" }) with
        {
            Stop = StopReason.MalformedReplies,
        },
    ];

    /// <summary>Errors, in whatever way they are told.</summary>
    public static readonly IReadOnlyList<QuirkRow> Failures =
    [
        QuirkRow.Chat("an error stands in a good stream", reply =>
            reply with
            {
                Body =
                    "data: {\"choices\":[{\"delta\":{\"content\":\"FILE\"}}]}\n\ndata: {\"error\":{\"message\":\"CUDA out of "
                    + "memory\"}}\n\n",
            }
        ) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "broken",
            Says = "CUDA out of memory",
        },
        QuirkRow.Chat("an error is an event", reply =>
            reply with
            {
                Body = "event: error\ndata: {\"message\":\"the runner died\"}\n\n",
            }
        ) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "broken",
            Says = "the runner died",
        },
        QuirkRow.Chat("the stream is no JSON", reply => reply with { Body = string.Concat(Enumerable.Repeat("data: hello\n\n", 5)) }) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "broken",
            Says = "not JSON",
        },
        Once("a failure passes", "Plan the change", new() { Status = 500, Text = "oops" }) with
        {
            Says = "The model server failed",
        },
        Once(
            "too many requests came",
            "Plan the change",
            new()
            {
                Status = 429,
                Text = "slow down",
                Headers = new Dictionary<string, string> { ["Retry-After"] = "2" },
            }
        ) with
        {
            Says = "in 2 s",
        },
        QuirkRow.Chat("it fails each time", _ => new FakeReply { Status = 500, Text = "oops" }) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "broken",
            Says = "500: oops",
        },
        Once("the model is being loaded", "Which files matter", new() { Status = 503, Text = "Loading model" }) with
        {
            Says = "still loading",
        },
        Once("the model is not loaded yet", "Which files matter", new() { Status = 404, Text = "model is not loaded" }) with
        {
            Says = "still loading",
        },
        Once("an error stands in a good stream once", "Carry out the plan", ServerErrors.VllmEngineDead.Streamed("double.js\n``")) with
        {
            Says = "The reply broke off",
        },
        Once("the queue is full once", "Carry out the plan", ServerErrors.SgLangQueueFull.Streamed()) with
        {
            Says = "The model server is busy",
        },
        Once("an error is swallowed", "Carry out the plan", ServerErrors.OllamaRunnerStopped.Streamed("double.js\n``"))
            .At("/api/version", """{"version":"0.33.0"}""") with
        {
            Says = "The reply broke off",
        },
        Once("the model's words are not read once", "Carry out the plan", ServerErrors.FormatMissed.Streamed("I mul")) with
        {
            Says = "could not read the model's words",
        },
        QuirkRow.Chat("the model's words are not read with one seed", (request, reply) =>
            request.LastUserText.Contains("Carry out the plan", StringComparison.Ordinal) && (int?)request.Json!["seed"] == 0
                ? ServerErrors.ParseFailed.Refused
                : reply
        ) with
        {
            Says = "could not read the model's words",
        },
        Once("the model crashes once", "Carry out the plan", ServerErrors.StudioCrashed.Refused) with
        {
            Says = "has crashed",
            Check = bench => Assert.All(bench.Server.Chats, chat => Assert.True(chat.Json!.ContainsKey("stream_options"))),
        },
        Once("the model is put away between two questions", "Carry out the plan", ServerErrors.StudioUnloaded.Refused) with
        {
            Says = "still loading",
        },
        Once("another client's prompt is in the cache", "Carry out the plan", ServerErrors.CacheFull.Streamed()) with
        {
            Says = "Context size has been exceeded",
        },
        QuirkRow.Chat("the address has moved", _ => new FakeReply
        {
            Status = 302,
            Headers = new Dictionary<string, string> { ["Location"] = "/elsewhere" },
        }) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "refused",
            Says = "redirects",
        },
        QuirkRow.Chat("the model is not known", _ => new FakeReply { Status = 404, Text = "no such model" }) with
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "refused",
            Says = "--model",
        },
        new("a key is wanted", (_, _) => new FakeReply { Status = 401, Text = "no key" })
        {
            Stop = StopReason.ModelUnavailable,
            Detail = "refused",
            Says = "CODEX_SIDECAR_API_KEY",
        },
        .. Overflows.Select(one =>
            QuirkRow.Refuses($"the window is too small in the words of {one.Server}", _ => true, one.Status, one.Text) with
            {
                Stop = StopReason.LimitTokens,
                Detail = "context",
                Says = "larger context",
            }
        ),
    ];

    private static IReadOnlyList<(string Server, int Status, string Text)> Overflows =>
        [
            ("llama.cpp", 400, "the request exceeds the available context size, try increasing it"),
            ("vLLM", 400, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"),
            ("LM Studio", 400, "The number of tokens to keep from the initial prompt is greater than the context length"),
            (
                "TGI",
                422,
                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000 `inputs` tokens and 1000 "
                    + "`max_new_tokens`"
            ),
            ("an old llama.cpp", 500, "input is too large to process. increase the physical batch size"),
            ("Ollama", 500, "no user query found in messages"),
        ];

    private static QuirkRow Once(string name, string last, FakeReply reply) =>
        new(name, (_, usual) => usual) { First = [new(reply) { Last = last, Times = 1 }] };
}

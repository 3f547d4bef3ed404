using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>Servers as they are met: each differs in one thing from an easy one.</summary>
internal static partial class QuirkRows
{
    /// <summary>The same answer in other bytes.</summary>
    public static readonly IReadOnlyList<QuirkRow> Dialects =
    [
        QuirkRow.Chat("stream is ignored", reply => reply with { Json = true }),
        QuirkRow.Refuses("only streams are given", request => !request.Streams, 500, "stream=false is not implemented"),
        QuirkRow.Chat("usage is missing", reply => reply with { Usage = null }) with
        {
            Check = bench => Assert.All(bench.Events.OfType<UsageCounted>(), counted => Assert.True(counted.Total.Estimated)),
        },
        QuirkRow.Chat("no DONE ends the stream", reply => reply with { Done = false }),
        QuirkRow.Chat("no finish is given", reply => reply with { Finish = null }),
        QuirkRow.Chat("nothing marks the end", reply => reply with { Finish = null, Done = false, Usage = null }),
        QuirkRow.Chat("the finish is called eos", reply => reply with { Finish = "eos" }),
        QuirkRow.Chat("the finish is called end_turn", reply => reply with { Finish = "end_turn" }),
        QuirkRow.Dialect("comments keep the line alive", ("data: ", ": ping\n\ndata: ")),
        QuirkRow.Dialect("no blank line separates the data", ("\n\n", "\n")),
        QuirkRow.Dialect("no blank follows the field's name", ("data: ", "data:")),
        QuirkRow.Dialect("lines end with CR LF", ("\n", "\r\n")),
        QuirkRow.Dialect("lines end with CR", ("\n", "\r")),
        QuirkRow.Dialect("chunks say message for delta", ("\"delta\"", "\"message\"")),
        QuirkRow.Dialect("ids are numbers", ("\"fake\"", "7")),
        QuirkRow.Dialect("choices may be null", ("\"choices\":[]", "\"choices\":null")),
        QuirkRow.Dialect("a chunk is broken", ("data: [DONE]", "data: {\"choices\":[{\"del\n\ndata: [DONE]")),
        QuirkRow.Dialect("no usage and no created are numbers", ("\"created\":0", "\"created\":\"now\"")),
    ];

    /// <summary>The answer with something around it.</summary>
    public static readonly IReadOnlyList<QuirkRow> Replies =
    [
        QuirkRow.Chat("the last message is echoed", (request, reply) => reply with { Text = $"{request.LastUserText}\n{reply.Text}" }),
        QuirkRow.Chat("the whole prompt is echoed", (request, reply) =>
            reply with
            {
                Text = string.Join('\n', request.Messages.Select(message => message.Text).Append(reply.Text)),
            }
        ),
        QuirkRow.Chat("reasoning stands in tags", reply =>
            reply with
            {
                Text = $"<think>\nFILE: other.js\nSTEP: wrong\n</think>\n\n{reply.Text}",
            }
        ) with
        {
            Votes = true,
        },
        QuirkRow.Chat("reasoning begins without a tag", reply =>
            reply with
            {
                Text = $"FILE: other.js\nVERDICT: reject\n</think>\n\n{reply.Text}",
            }
        ) with
        {
            Votes = true,
        },
        QuirkRow.Chat("reasoning stands in brackets", reply => reply with { Text = $"[THINK]FILE: other.js[/THINK]{reply.Text}" }),
        QuirkRow.Chat("reasoning has its channel", reply =>
            reply with
            {
                Text = $"<|channel|>analysis<|message|>FILE: other.js<|end|><|start|>assistant<|channel|>final<|message|>{reply.Text}",
            }
        ),
        QuirkRow.Chat("reasoning has the field reasoning_content", reply => reply with { Thought = "FILE: other.js" }),
        QuirkRow.Chat("reasoning has the field reasoning", reply => reply with { Thought = "FILE: other.js", ThoughtField = "reasoning" }),
        QuirkRow.Chat("a token ends the turn in the text", reply =>
            reply with
            {
                Text = $"{reply.Text}<|im_end|>\n<|im_start|>user\nFILE: other.js",
            }
        ),
        QuirkRow.Chat("the end token of Llama leaks", reply => reply with { Text = $"{reply.Text}</s>" }),
        QuirkRow.Chat("without a template the model plays the user too", reply =>
            reply with
            {
                Text = $"{reply.Text}\nUser: And now other.js.\nAssistant: FILE: other.js\nVERDICT: reject",
            }
        ) with
        {
            Votes = true,
        },
    ];

    /// <summary>Requests that are refused or ignored as they stand.</summary>
    public static readonly IReadOnlyList<QuirkRow> Shapes =
    [
        QuirkRow.Refuses("there is no system role", HasSystem, 400, "System role not supported"),
        QuirkRow.Refuses("the template throws at a system role", HasSystem, 500, "Jinja Exception: System role not supported"),
        QuirkRow.Refuses("roles must alternate", HasNeighbours, 400, "Conversation roles must alternate user/assistant/user/assistant/..."),
        QuirkRow.Refuses(
            "roles must alternate and begin with the user",
            request => HasSystem(request) || HasNeighbours(request),
            400,
            "Conversation roles must alternate user/assistant/user/assistant/..."
        ),
        QuirkRow.Refuses(
            "a field is refused by its name",
            request => Has(request, "seed"),
            422,
            "body.seed: Extra inputs are not permitted"
        ),
        QuirkRow.Refuses(
            "a field is refused without its name",
            request => Has(request, "stream_options"),
            400,
            "Unrecognized request argument supplied"
        ),
        QuirkRow.Refuses(
            "all fields but the needed ones are refused",
            request => request.Json!.Any(field => field.Key is not ("model" or "messages" or "max_tokens")),
            422,
            "Extra inputs are not permitted"
        ),
        QuirkRow.Refuses(
            "the limit has its newer name",
            request => Has(request, "max_tokens"),
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        ),
        QuirkRow.Chat("requests at the same time spoil each other", (request, reply) =>
            reply with
            {
                Pieces = 1,
                Text = request.Beside > 0 ? "\uFFFD" : $"<think>{string.Join(' ', Enumerable.Range(0, 1000))}</think>{reply.Text}",
            }
        ) with
        {
            Votes = true,
            Check = bench => Assert.All(bench.Server.Chats, chat => Assert.Equal(0, chat.Beside)),
        },
        QuirkRow.Chat("temperature 0 hangs", (request, reply) =>
            (double?)request.Json!["temperature"] is 0 ? reply with { Hang = true } : reply
        ),
        Schema(
            QuirkRow.Refuses(
                "a schema is refused",
                request => Has(request, "response_format"),
                400,
                "'response_format.type' must be 'text'"
            )
        ),
        Schema(QuirkRow.Chat("a schema is passed over", reply => reply)),
        Schema(
            QuirkRow.Chat("a schema strangles the model", (request, reply) =>
                Has(request, "response_format") ? reply with { Text = "" } : reply
            )
        ),
        Schema(
            QuirkRow.Chat("a schema is filled in as reasoning", (request, reply) =>
                Has(request, "response_format") ? reply with { Text = "", Thought = Ballot } : reply
            )
        ),
        new("the list of models is missing", (request, reply) => request.Path == "/v1/models" ? new FakeReply { Status = 404 } : reply),
        new("a bearer is wanted, any", (request, reply) =>
            request.HasKey("none") ? reply : new FakeReply { Status = 401, Text = "no key" }
        ),
    ];

    private const string Ballot =
        """{"reason":"looked at it","verdict":"approve","decision":"Do it.","risks":[],"objections":[],"checks":[],"confidence":7}""";

    private static QuirkRow Schema(QuirkRow row) =>
        row.At("/props", """{"n_ctx":8192,"default_generation_settings":{"n_ctx":8192}}""") with
        {
            Votes = true,
        };

    private static bool Has(FakeRequest request, string field) => request.Json!.ContainsKey(field);

    private static bool HasSystem(FakeRequest request) => request.Messages.Any(message => message.Role == "system");

    private static bool HasNeighbours(FakeRequest request) =>
        request.Messages.Zip(request.Messages.Skip(1)).Any(pair => pair.First.Role == pair.Second.Role);
}

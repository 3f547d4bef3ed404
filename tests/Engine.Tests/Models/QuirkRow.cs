using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>One kind of server, and how a run on it ends.</summary>
/// <param name="Quirk">Turns the answer of an easy server into the one this server gives.</param>
internal sealed record QuirkRow(string Name, Func<FakeRequest, FakeReply, FakeReply> Quirk)
{
    public StopReason Stop { get; init; } = StopReason.Done;
    public string? Detail { get; init; }

    /// <summary>The message of the end, or a notice before it, contains this.</summary>
    public string Says { get; init; } = "";

    /// <summary>Answers given before the usual ones.</summary>
    public IReadOnlyList<FakeRule> First { get; init; } = [];

    /// <summary>Six roles vote.</summary>
    public bool Votes { get; init; }

    /// <summary>What else must be true behind the run.</summary>
    public Action<RunBench> Check { get; init; } = _ => { };

    /// <summary>Only the model's answers differ.</summary>
    public static QuirkRow Chat(string name, Func<FakeRequest, FakeReply, FakeReply> quirk) =>
        new(name, (request, reply) => IsChat(request) ? quirk(request, reply) : reply);

    public static QuirkRow Chat(string name, Func<FakeReply, FakeReply> quirk) => Chat(name, (_, reply) => quirk(reply));

    /// <summary>What such a request gets is this refusal.</summary>
    public static QuirkRow Refuses(string name, Func<FakeRequest, bool> what, int status, string text) =>
        Chat(name, (request, reply) => what(request) ? new FakeReply { Status = status, Text = text } : reply);

    /// <summary>The usual answers in another dialect.</summary>
    public static QuirkRow Dialect(string name, params IReadOnlyList<(string From, string To)> changes) =>
        Chat(name, reply => reply with { Wire = changes.ToDictionary(change => change.From, change => change.To) });

    /// <summary>A server of a known kind, which it shows at this address.</summary>
    public QuirkRow At(string path, string body) =>
        this with
        {
            Quirk = (request, reply) => request.Path == path ? new FakeReply { Body = body } : Quirk(request, reply),
        };

    public override string ToString() => Name;

    private static bool IsChat(FakeRequest request) => request.Path == "/v1/chat/completions";
}
